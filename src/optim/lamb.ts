import { checkOptions, DECAY, type Fields, FLAG, NOT_NEGATIVE } from "../core/fields.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import { movingAverage } from "./adam.ts";
import { biasCorrection } from "./bias-correction.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { norm } from "./norms.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface LambOptions extends OptimizerOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number | undefined;
  /** Default 1e-6, as in the paper; Keras uses 1e-7. */
  readonly epsilon?: number | undefined;
  /** Shrink w by the decay first, as in Keras, instead of making the decay part of u. Default false. */
  readonly decayOutsideRatio?: boolean | undefined;
}

export const LAMB_CHECKS: Fields<LambOptions> = {
  ...OPTIMIZER_CHECKS,
  beta1: DECAY,
  beta2: DECAY,
  epsilon: NOT_NEGATIVE,
  decayOutsideRatio: FLAG,
};

interface Scalars {
  readonly beta1: Tensor | number;
  readonly learningRate: Tensor;
  /** 1 / (1 - b1^t) */
  readonly firstScale: Tensor;
  /** 1 / sqrt(1 - b2^t) */
  readonly rootScale: Tensor;
}

/** LAMB: Adam's direction, with a step of length lr times the norm of each parameter; for large batches.
 *    m <- b1 m + (1 - b1) g        s <- b2 s + (1 - b2) g^2
 *    u = (m / (1 - b1^t)) / (sqrt(s / (1 - b2^t)) + epsilon) + decay w          t = 1, 2, ...
 *    w <- w - lr (|w| / |u|) u          |.| over the whole tensor; the ratio is 1 where |w| or |u| is 0
 *  The paper's scaling function phi, which may bound |w|, is the identity here, as in Keras.
 *  `decoupledWeightDecay` is the decay: part of u, as in the paper, unless `decayOutsideRatio`.
 *  State: m and s, each shaped like w; t, a counter.
 *  @param options.learningRate > 0: the length of a step relative to the norm of the parameter. Default 1e-3.
 *  @throws `bad-argument` for a field out of range.
 *  Source: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 Minutes", 2020, algorithm 2. */
export function lamb(options: LambOptions = {}): Optimizer {
  checkOptions("lamb", options, LAMB_CHECKS);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, decoupledWeightDecay = 0, decayOutsideRatio = false } = options;
  const decay = decayOutsideRatio ? 0 : decoupledWeightDecay;

  return defineOptimizer<"first" | "second", Scalars>(
    {
      name: "lamb",
      learningRate: 1e-3,
      usesMomentum: true,
      moments: { first: 0, second: 0 },
      carried: {},
      counts: true,
      scalars({ t, learningRate, momentum }) {
        const fading = momentum ?? beta1;
        const firstScale = biasCorrection(fading, t).pow(-1);
        const rootScale = biasCorrection(beta2, t).sqrt().pow(-1);
        return { scalars: { beta1: fading, learningRate, firstScale, rootScale } };
      },
      element(g, { first, second }, { beta1: b1, learningRate, firstScale, rootScale }, { w, decays }) {
        // m <- b1 m + (1 - b1) g
        const m = movingAverage(first, g, b1);
        // s <- b2 s + (1 - b2) g^2
        const s = movingAverage(second, g.square(), beta2);
        // u = (m / (1 - b1^t)) / (sqrt(s / (1 - b2^t)) + epsilon) + decay w
        const direction = m.mul(firstScale).div(s.sqrt().mul(rootScale).add(leastEpsilon.root(epsilon)));
        const u = decay > 0 && decays ? direction.add(w.mul(decay)) : direction;
        // w <- w - lr (|w| / |u|) u
        const [weightLength, stepLength] = [norm(w), norm(u)];
        const ratio = where(weightLength.minimum(stepLength).greater(0), weightLength.div(stepLength), 1);
        return { change: u.mul(ratio.mul(learningRate)), moments: { first: m, second: s } };
      },
    },
    decayOutsideRatio ? options : { ...options, decoupledWeightDecay: 0 },
  );
}
