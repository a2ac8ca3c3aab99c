import { normalizeAxis } from "../core/shape.ts";
import { full } from "../tensor/create.ts";
import { type Tensor, where } from "../tensor/tensor.ts";

/** Adds to a plain formula what it lost by rounding. The derivative treats the correction as a constant, so it is that of
 *  the plain formula: short, and accurate. */
function corrected(plain: Tensor, x: Tensor, accurate: Tensor): Tensor {
  // beyond 1 the plain formula keeps its digits, and the accurate one may overflow
  return plain.add(where(x.abs().less(1), accurate.sub(plain), 0).stopGradient());
}

/** exp(x) - 1 without the cancellation near 0.
 *    u = exp(x);   (u - 1) x / log(u),   and x if u rounds to 1
 *  The errors of u cancel, because numerator and denominator share them.
 *  Source: Kahan's method, in Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., 1.14.1, 2002. */
export function expm1(x: Tensor): Tensor {
  const u = x.exp();
  const plain = u.sub(1);
  return corrected(plain, x, where(u.equal(1), x, plain.mul(x).div(u.log())));
}

/** log(1 + x) without the loss near 0, x > -1.
 *    w = 1 + x;   x log(w) / (w - 1),   and x if w rounds to 1
 *  Source: as `expm1`. */
export function log1p(x: Tensor): Tensor {
  const w = x.add(1);
  const plain = w.log();
  return corrected(plain, x, where(w.equal(1), x, plain.mul(x).div(w.sub(1))));
}

/** log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)): no overflow for large x, full precision for small x. Derivative: sigmoid(x).
 *  The sign of x selects both parts. max and |x| are avoided, because their derivatives at 0 belong to neither side: at every x the
 *  formula is that of one side, with all its derivatives. */
export function softplusOf(x: Tensor): Tensor {
  const isNegative = x.less(0);
  return where(isNegative, 0, x).add(log1p(where(isNegative, x, x.neg()).exp()));
}

/** x minus its largest element along an axis. The largest counts as a constant, because it cancels in the callers' formulas. */
export function shiftByMax(x: Tensor, axis: number): Tensor {
  return x.sub(x.max(axis, true).stopGradient());
}

/** log(sum of exp(x)) along an axis, which stays with size 1. Subtracting the maximum first avoids overflow.
 *    m + log(sum exp(x - m)),   m = max x, or 0 if that is infinite
 *  -infinity, with derivative 0, if all elements are, and over an empty axis; infinity if one element is. */
export function logSumExp(x: Tensor, axis: number): Tensor {
  const along = normalizeAxis("logSumExp", axis, x.rank);
  if (x.shape[along] === 0) {
    return full(
      x.shape.map((size, at) => (at === along ? 1 : size)),
      Number.NEGATIVE_INFINITY,
    );
  }
  const largest = x.max(axis, true).stopGradient();
  const shift = where(largest.abs().equal(Number.POSITIVE_INFINITY), 0, largest);
  const sum = x.sub(shift).exp().sum(axis, true);
  const isNothing = sum.equal(0);
  return where(isNothing, Number.NEGATIVE_INFINITY, where(isNothing, 1, sum).log().add(shift));
}

/** x - logSumExp(x): logarithms of the softmax. */
export function logSoftmaxOf(x: Tensor, axis: number): Tensor {
  const shifted = shiftByMax(x, axis);
  return shifted.sub(shifted.exp().sum(axis, true).log());
}
