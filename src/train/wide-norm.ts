import { type Tensor, where } from "../tensor/tensor.ts";

/** Powers of two that bring tiny and huge numbers to where float32 has their squares. */
const UP = 2 ** 50;
const DOWN = 2 ** -30;
/** Sums of scaled squares below this are exact enough to be taken; above, they come near to overflow. */
const FULL = 1e30;

/** |x| = sqrt(sum x^2) over the given axes (all by default), from 1e-34 to 1e28, in one pass over x:
 *    sqrt(sum (2^50 x)^2) / 2^50,   or where that is too large   sqrt(sum (2^-30 x)^2) * 2^30
 *  Float32 has no squares of numbers below 1e-19, where vanishing gradients are, or above 1e19, where exploding ones are. */
export function wideNorm(tensors: readonly Tensor[], axes?: readonly number[]): Tensor {
  const sum = (scale: number) =>
    tensors.map((tensor) => tensor.mul(scale).square().sum(axes)).reduce((a, b) => a.add(b));
  const [small, large] = [sum(UP), sum(DOWN)];
  return where(small.less(FULL), small.sqrt().mul(1 / UP), large.sqrt().mul(1 / DOWN));
}
