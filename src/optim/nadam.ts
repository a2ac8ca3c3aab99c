import { checkOptions, DECAY, type Fields, NOT_NEGATIVE } from "../core/fields.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { movingAverage } from "./adam.ts";
import { biasCorrection } from "./bias-correction.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface NadamOptions extends OptimizerOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number | undefined;
  /** Default 1e-8. */
  readonly epsilon?: number | undefined;
  /** psi of the momentum's schedule. Default 0.004, as in the paper and PyTorch; Keras uses 1. */
  readonly momentumDecay?: number | undefined;
}

export const NADAM_CHECKS: Fields<NadamOptions> = {
  ...OPTIMIZER_CHECKS,
  beta1: DECAY,
  beta2: DECAY,
  epsilon: NOT_NEGATIVE,
  momentumDecay: NOT_NEGATIVE,
};

interface Scalars {
  readonly beta1: Tensor | number;
  readonly gradientRate: Tensor;
  readonly momentRate: Tensor;
  readonly rootScale: Tensor;
}

/** NAdam: Adam with Nesterov momentum.
 *    mu_t = b1 (1 - 0.96^(psi t) / 2)          P_t = mu_1 mu_2 ... mu_t
 *    m <- b1 m + (1 - b1) g        s <- b2 s + (1 - b2) g^2
 *    w <- w - lr * ((1 - mu_t) / (1 - P_t) g + mu_(t+1) / (1 - P_(t+1)) m) / (sqrt(s / (1 - b2^t)) + epsilon)
 *  State: m and s, each shaped like w; P and t, scalars.
 *  @param options.learningRate > 0. Default 0.002.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Dozat, "Incorporating Nesterov Momentum into Adam", 2016, with the schedule mu_t of Sutskever et al., 2013. */
export function nadam(options: NadamOptions = {}): Optimizer {
  checkOptions("nadam", options, NADAM_CHECKS);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, momentumDecay = 0.004 } = options;
  const exponent = momentumDecay * Math.log(0.96);
  return defineOptimizer<"first" | "second", Scalars, "product">(
    {
      name: "nadam",
      learningRate: 0.002,
      usesMomentum: true,
      moments: { first: 0, second: 0 },
      carried: { product: 1 },
      counts: true,
      scalars({ t, learningRate, momentum, carried }) {
        const decay = momentum ?? beta1;
        // mu_t = b1 (1 - 0.96^(psi t) / 2)
        const muAt = (time: Tensor): Tensor => time.mul(exponent).exp().mul(-0.5).add(1).mul(decay);
        const mu = muAt(t);
        const muNext = muAt(t.add(1));
        const product = carried.product.mul(mu);
        return {
          scalars: {
            beta1: decay,
            gradientRate: learningRate.mul(mu.neg().add(1)).div(product.neg().add(1)),
            momentRate: learningRate.mul(muNext).div(product.mul(muNext).neg().add(1)),
            rootScale: biasCorrection(beta2, t).sqrt().pow(-1),
          },
          carried: { product },
        };
      },
      element(g, { first, second }, { beta1: b1, gradientRate, momentRate, rootScale }) {
        // m <- b1 m + (1 - b1) g
        const m = movingAverage(first, g, b1);
        // s <- b2 s + (1 - b2) g^2
        const s = second.mul(beta2).add(g.square().mul(1 - beta2));
        const ahead = g.mul(gradientRate).add(m.mul(momentRate));
        return {
          change: ahead.div(s.sqrt().mul(rootScale).add(leastEpsilon.root(epsilon))),
          moments: { first: m, second: s },
        };
      },
    },
    options,
  );
}
