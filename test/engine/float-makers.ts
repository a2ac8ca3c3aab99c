import { randomBernoulli, randomKey, randomNormal, randomUniform } from "../../src/tensor/random.ts";
import { type Tensor, where } from "../../src/tensor/tensor.ts";
import type { Maker } from "./draw.ts";

const ranked =
  (make: Maker): Maker =>
  (a, draw) =>
    a.rank > 0 ? make(a, draw) : undefined;

function softmax(a: Tensor, axis: number): Tensor {
  const shifted = a.sub(a.max(axis, true)).exp();
  return shifted.div(shifted.sum(axis, true));
}

/** (x - mean) / sqrt(variance + 0.5) over the given axes */
export function standardise(a: Tensor, axes: readonly number[]): Tensor {
  return a.sub(a.mean(axes, true)).div(a.variance(axes, true).add(0.5).sqrt());
}

/** Element-wise operations, reductions and random numbers on floats; values stay moderate, so that two precisions can be compared. */
export const FLOAT_MAKERS: readonly Maker[] = [
  (a, draw) => a.add(draw.partner(a)).mul(0.5),
  (a, draw) => a.sub(draw.partner(a)).clip(-4, 4),
  (a, draw) => a.mul(draw.partner(a)).clip(-4, 4),
  (a, draw) => {
    const product = a.mul(draw.partner(a));
    return product.add(draw.partner(product)).mul(0.3).clip(-4, 4);
  },
  (a, draw) => a.div(draw.partner(a).abs().add(1)),
  (a, draw) => a.maximum(draw.partner(a)),
  (a, draw) => a.minimum(draw.partner(a)),
  (a, draw) => {
    const other = draw.partner(a);
    return where(a.less(other), a.mul(0.5), other.mul(0.5));
  },
  // thresholds that nothing reaches exactly
  (a) => where(a.greater(0.0137).and(a.less(0.931)).not(), a, 0.5),
  (a) => a.tanh(),
  (a) => a.sigmoid(),
  (a) => a.clip(-3, 3).exp().mul(0.1),
  (a) => a.abs().add(0.5).log(),
  (a) => a.abs().add(0.1).sqrt(),
  (a) => a.erf(),
  (a) => a.sin().add(a.cos()),
  (a) => a.abs().add(0.5).pow(1.5).mul(0.3).clip(-4, 4),
  (a) => a.neg().relu(),
  (a, draw) =>
    a
      .stopGradient()
      .mul(draw.pick([0.5, -1, 1, 2]))
      .clip(-4, 4),
  // of given values only: these are the same on both sides to the last bit
  (_, draw) => draw.pick(draw.floatLeaves).mul(3).floor().mul(0.3),
  ranked((a, draw) => a.mean(draw.axis(a), draw.chance(0.5))),
  ranked((a, draw) => a.max(draw.axis(a), draw.chance(0.5))),
  ranked((a, draw) => a.min(draw.axis(a), true)),
  ranked((a, draw) => a.mean(draw.axes(a), draw.chance(0.5)).tanh()),
  ranked((a, draw) => a.max(draw.axes(a), draw.chance(0.5))),
  ranked((a, draw) => a.clip(-1.2, 1.2).prod(draw.axes(a), draw.chance(0.5)).clip(-4, 4)),
  ranked((a, draw) => a.sub(a.mean(draw.axis(a), true))),
  ranked((a, draw) => a.div(a.square().mean(draw.axis(a), true).add(0.5).sqrt())),
  ranked((a, draw) => standardise(a, draw.axes(a))),
  ranked((a, draw) => softmax(a, draw.axis(a))),
  ranked((a, draw) => {
    // what a running statistic does: a reduction, and something of its shape that is used again with the whole
    const mean = a.mean(draw.axes(a), true);
    return a.sub(mean.mul(0.5).tanh()).mul(mean);
  }),
  (a) => a.variance().add(a).clip(-4, 4),
  (a) => a.mean().add(a),
  (a, draw) => a.mul(randomUniform(randomKey(draw.integer(1000)), a.shape)),
  (a, draw) =>
    randomNormal(randomKey(draw.integer(1000)), a.shape)
      .add(a)
      .clip(-4, 4),
  (a, draw) => where(randomBernoulli(randomKey(draw.integer(1000)), a.shape, 0.7), a.div(0.7), 0).clip(-4, 4),
];
