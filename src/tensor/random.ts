import { float32Below } from "../core/below.ts";
import { describe } from "../core/describe.ts";
import { requireArgument, requireInRange } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import * as build from "../graph/build.ts";
import { Tensor, where } from "./tensor.ts";

/** Random numbers come from an explicit key, uint32 (2,): the same key gives the same numbers, on every backend.
 *  @param seed any integer; its low 32 bits count. */
export function randomKey(seed: number): Tensor {
  requireArgument(Number.isInteger(seed), `randomKey: the seed must be a whole number, got ${describe(seed)}.`, {
    seed,
  });
  return keyWords(seed >>> 0, 0);
}

function keyWords(first: number, second: number): Tensor {
  return new Tensor(build.literal({ shape: [2], dtype: "uint32", data: Uint32Array.of(first, second) }));
}

/** The key for the next step: its second word counts up. */
export function nextKey(key: Tensor): Tensor {
  return key.add(keyWords(0, 1));
}

/** A separate key for each use within one step; folds may be nested, `foldKey(foldKey(key, sample), layer)`.
 *    word <- word m + (use + 1) g,   m odd, g the golden ratio's Weyl increment, modulo 2^32
 *  Multiplied, not only added to: the same uses folded in another order give another key. */
export function foldKey(key: Tensor, use: number): Tensor {
  const step = Math.imul(use + 1, 0x9e3779b9) >>> 0;
  return key.mul(keyWords(0x85ebca6b, 1)).add(keyWords(step, 0));
}

/** uint32 words, uniform over all 2^32. */
export function randomBits(key: Tensor, shape: Shape): Tensor {
  return new Tensor(build.makeNode("randomBits", [key.node], { shape }));
}

/** Uniform on [low, high), 24 random bits each. Default [0, 1).
 *  @throws `bad-argument` unless low and high are finite and low <= high. If they are equal, every number is low. */
export function randomUniform(key: Tensor, shape: Shape, low = 0, high = 1): Tensor {
  requireArgument(
    Number.isFinite(low) && Number.isFinite(high) && low <= high,
    `randomUniform: low and high must be finite, low not above high, got ${low} and ${high}.`,
    { low, high },
  );
  const scaled = randomBits(key, shape)
    .shiftRight(8)
    .cast("float32")
    .mul((high - low) / 2 ** 24);
  if (low === 0) return scaled;
  const moved = scaled.add(low);
  // the sum may round up to the end
  return low < high ? moved.minimum(float32Below(high)) : moved;
}

/** Standard normal by Box and Muller: sqrt(-2 log u) cos(2 pi v). Source: Box & Muller, 1958. */
export function randomNormal(key: Tensor, shape: Shape): Tensor {
  // u in (0, 1], so that the logarithm is finite
  const u = randomBits(key, shape)
    .shiftRight(8)
    .cast("float32")
    .add(1)
    .mul(2 ** -24);
  const v = randomUniform(foldKey(key, 0), shape);
  return u
    .log()
    .mul(-2)
    .sqrt()
    .mul(v.mul(2 * Math.PI).cos());
}

/** True with the given probability, in [0, 1]. A threshold on whole random words, so that it costs one comparison. */
export function randomBernoulli(key: Tensor, shape: Shape, probability: number): Tensor {
  requireInRange("randomBernoulli", "probability", probability, (p) => p >= 0 && p <= 1, "a number from 0 to 1");
  const threshold = Math.min(Math.round(probability * 2 ** 32), 2 ** 32 - 1);
  if (probability >= 1) return where(randomBits(key, shape).lessEqual(2 ** 32 - 1), 1, 0).greater(0);
  return randomBits(key, shape).less(new Tensor(build.constant(threshold, "uint32")));
}
