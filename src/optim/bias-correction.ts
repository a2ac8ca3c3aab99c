import { full } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** 1 - beta^t, the total weight of a moving average after t steps from zero.
 *    1 - beta^t = 1 - e^(-x) = 2 u / (1 + u),   x = -t log(beta),   u = tanh(x / 2)
 *  In float32, the plain difference loses four digits in the first steps for beta = 0.999; this form loses none.
 *  @param beta in [0, 1), a number or a scalar tensor.
 *  @param t scalar float32: 1, 2, … */
export function biasCorrection(beta: number | Tensor, t: Tensor): Tensor {
  if (beta === 0) return full([], 1);
  const half = typeof beta === "number" ? t.mul(-0.5 * Math.log(beta)) : t.mul(beta.log().mul(-0.5));
  const u = half.tanh();
  return u.mul(2).div(u.add(1));
}
