import { checkOptions, DECAY, type Fields, FLAG, NOT_NEGATIVE } from "../core/fields.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { movingAverage } from "./adam.ts";
import { biasCorrection } from "./bias-correction.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdamaxOptions extends OptimizerOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the largest gradient, in [0, 1). Default 0.999. */
  readonly beta2?: number | undefined;
  /** Default 1e-8. The paper has none, and divides 0 by 0 if a gradient is always 0. */
  readonly epsilon?: number | undefined;
  /** Use max(b2 u, |g| + epsilon), as in PyTorch, instead of the denominator u + epsilon, as in Keras. Default false. */
  readonly epsilonInside?: boolean | undefined;
}

export const ADAMAX_CHECKS: Fields<AdamaxOptions> = {
  ...OPTIMIZER_CHECKS,
  beta1: DECAY,
  beta2: DECAY,
  epsilon: NOT_NEGATIVE,
  epsilonInside: FLAG,
};

/** AdaMax: Adam with the infinity norm instead of the root mean square.
 *    m <- b1 m + (1 - b1) g        u <- max(b2 u, |g|)
 *    w <- w - lr / (1 - b1^t) * m / (u + epsilon)          t = 1, 2, ...
 *  State: m and u, each shaped like w; t, a counter.
 *  @param options.learningRate > 0. Default 0.002.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2015, section 7.1. */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  checkOptions("adamax", options, ADAMAX_CHECKS);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, epsilonInside = false } = options;
  // u is a magnitude, not a square
  const least = leastEpsilon.inside(epsilon);
  return defineOptimizer<"first" | "largest", { readonly beta1: Tensor | number; readonly rate: Tensor }>(
    {
      name: "adamax",
      learningRate: 0.002,
      usesMomentum: true,
      moments: { first: 0, largest: 0 },
      carried: {},
      counts: true,
      scalars({ t, learningRate, momentum }) {
        const decay = momentum ?? beta1;
        return { scalars: { beta1: decay, rate: learningRate.div(biasCorrection(decay, t)) } };
      },
      element(g, { first, largest }, { beta1: b1, rate }) {
        // m <- b1 m + (1 - b1) g
        const m = movingAverage(first, g, b1);
        // u <- max(b2 u, |g|)
        const u = largest.mul(beta2).maximum(epsilonInside ? g.abs().add(least) : g.abs());
        // w <- w - lr / (1 - b1^t) * m / (u + epsilon)
        return { change: m.mul(rate).div(epsilonInside ? u : u.add(least)), moments: { first: m, largest: u } };
      },
    },
    options,
  );
}
