import { checkOptions } from "../core/fields.ts";
import { ADAM_CHECKS, type AdamOptions, adamNamed } from "./adam.ts";
import type { Optimizer } from "./optimizer.ts";

export type AdamwOptions = AdamOptions;

/** AdamW: Adam with weight decay applied to the weights instead of added to the gradient.
 *    w <- w - lr * (m / (1 - b1^t)) / (sqrt(s / (1 - b2^t)) + epsilon) - lr decay w
 *  m, s, t and all options as in `adam`; `decoupledWeightDecay` is 0.01 by default (Keras: 0.004).
 *  @throws `bad-argument` for a field out of range.
 *  Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2019. */
export function adamw(options: AdamwOptions = {}): Optimizer {
  checkOptions("adamw", options, ADAM_CHECKS);
  return adamNamed("adamw", { ...options, decoupledWeightDecay: options.decoupledWeightDecay ?? 0.01 });
}
