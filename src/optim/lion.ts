import { checkOptions, DECAY, type Fields } from "../core/fields.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { movingAverage } from "./adam.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions, sign } from "./optimizer.ts";

export interface LionOptions extends OptimizerOptions {
  /** Weight of the old moment in the step's direction, in [0, 1). Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the moment, in [0, 1). Default 0.99. */
  readonly beta2?: number | undefined;
}

export const LION_CHECKS: Fields<LionOptions> = { ...OPTIMIZER_CHECKS, beta1: DECAY, beta2: DECAY };

/** Lion: every weight moves by the same amount, in the direction of the sign of a moment.
 *    c = b1 m + (1 - b1) g
 *    w <- w - lr * sign(c)          with `decoupledWeightDecay`: w <- w - lr * (sign(c) + decay w)
 *    m <- b2 m + (1 - b2) g
 *  State: m, shaped like w.
 *  @param options.learningRate > 0, three to ten times smaller than Adam's. Default 1e-4.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023. */
export function lion(options: LionOptions = {}): Optimizer {
  checkOptions("lion", options, LION_CHECKS);
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  return defineOptimizer<"first", { readonly beta1: Tensor | number; readonly learningRate: Tensor }>(
    {
      name: "lion",
      learningRate: 1e-4,
      usesMomentum: true,
      moments: { first: 0 },
      carried: {},
      counts: false,
      scalars: ({ learningRate, momentum }) => ({ scalars: { beta1: momentum ?? beta1, learningRate } }),
      element(g, { first }, { beta1: b1, learningRate }) {
        // c = b1 m + (1 - b1) g
        const c = movingAverage(first, g, b1);
        // m <- b2 m + (1 - b2) g
        const m = movingAverage(first, g, beta2);
        return { change: sign(c).mul(learningRate), moments: { first: m } };
      },
    },
    options,
  );
}
