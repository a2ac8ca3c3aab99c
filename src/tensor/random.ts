import type { Shape } from "../core/shape.ts";
import * as build from "../graph/build.ts";
import { Tensor, where } from "./tensor.ts";

/** Random numbers come from an explicit key, uint32 (2,): the same key gives the same numbers, on every backend.
 *  @param seed any integer; its low 32 bits count. */
export function randomKey(seed: number): Tensor {
  return new Tensor(build.literal({ shape: [2], dtype: "uint32", data: Uint32Array.of(seed >>> 0, 0) }));
}

/** The key for the next step: its second word counts up. */
export function nextKey(key: Tensor): Tensor {
  return key.add(new Tensor(build.literal({ shape: [2], dtype: "uint32", data: Uint32Array.of(0, 1) })));
}

/** A key of its own for each use within one step. */
export function foldKey(key: Tensor, use: number): Tensor {
  // Weyl sequence of the golden ratio: uses are spread over the key's first word
  const word = Math.imul(use + 1, 0x9e3779b9) >>> 0;
  return key.add(new Tensor(build.literal({ shape: [2], dtype: "uint32", data: Uint32Array.of(word, 0) })));
}

/** uint32 words, uniform over all 2^32. */
export function randomBits(key: Tensor, shape: Shape): Tensor {
  return new Tensor(build.makeNode("randomBits", [key.node], { shape }));
}

/** Uniform on [low, high), 24 random bits each. Default [0, 1). */
export function randomUniform(key: Tensor, shape: Shape, low = 0, high = 1): Tensor {
  return randomBits(key, shape)
    .shiftRight(8)
    .cast("float32")
    .mul((high - low) / 2 ** 24)
    .add(low);
}

/** Standard normal by Box and Muller: sqrt(-2 log u) cos(2 pi v). Source: Box & Muller, 1958. */
export function randomNormal(key: Tensor, shape: Shape): Tensor {
  // u in (0, 1], so that the logarithm is finite
  const u = randomBits(key, shape)
    .shiftRight(8)
    .cast("float32")
    .add(1)
    .mul(2 ** -24);
  // The second stream is half the step counter away. Not foldKey: folds add up, and that of use 1 after use i is use i + 2.
  const half = new Tensor(build.literal({ shape: [2], dtype: "uint32", data: Uint32Array.of(0, 2 ** 31) }));
  const v = randomUniform(key.add(half), shape);
  return u
    .log()
    .mul(-2)
    .sqrt()
    .mul(v.mul(2 * Math.PI).cos());
}

/** True with the given probability. A threshold on whole random words, so that it costs one comparison. */
export function randomBernoulli(key: Tensor, shape: Shape, probability: number): Tensor {
  const threshold = Math.min(Math.round(probability * 2 ** 32), 2 ** 32 - 1);
  if (probability >= 1) return where(randomBits(key, shape).lessEqual(2 ** 32 - 1), 1, 0).greater(0);
  return randomBits(key, shape).less(new Tensor(build.constant(threshold, "uint32")));
}
