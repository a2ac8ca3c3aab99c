import { checkOptions, type Fields, NOT_NEGATIVE } from "../core/fields.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface FtrlOptions extends OptimizerOptions {
  /** lambda1 of the closed form: makes weights exactly 0. Unlike in other optimisers, it is not added to g. Default 0. */
  readonly l1?: number | undefined;
  /** lambda2 of the closed form: pulls to 0 once, not again in every step. Default 0; twice Keras's. */
  readonly l2?: number | undefined;
  /** r: the gradient of r w^2 / 2 is added to z, but not to n. Default 0; twice Keras's `l2_shrinkage_regularization_strength`. */
  readonly l2Shrinkage?: number | undefined;
  /** Shortens the first steps. Default 1, as in the paper; Keras uses 0. */
  readonly beta?: number | undefined;
  /** p, >= 0: the step size falls as n^-p. Default 0.5, the paper's root; the negative of Keras's `learning_rate_power`. */
  readonly accumulatorPower?: number | undefined;
  /** n before the first step. Default 0; Keras uses 0.1. */
  readonly initialAccumulator?: number | undefined;
}

export const FTRL_CHECKS: Fields<FtrlOptions> = {
  ...OPTIMIZER_CHECKS,
  l2Shrinkage: NOT_NEGATIVE,
  beta: NOT_NEGATIVE,
  accumulatorPower: NOT_NEGATIVE,
  initialAccumulator: NOT_NEGATIVE,
};

/** FTRL-proximal: each step sets the weights that would have been best for all gradients so far, many of them exactly 0.
 *  For linear models on sparse features.
 *    sigma = ((n + g^2)^p - n^p) / lr        n <- n + g^2        p = accumulatorPower
 *    z <- z + g + r w - sigma w
 *    w <- (min(max(z, -lambda1), lambda1) - z) / ((beta + n^p) / lr + lambda2)
 *  So a weight is 0 if |z| <= lambda1. z starts at 0, as in the paper and in Keras. The initial w counts only through sigma w, so the
 *  weights start from about 0 whatever their initialisation.
 *  `excludeFromDecay` applies to l1, l2 and l2Shrinkage.
 *  State: n and z, each shaped like w.
 *  @param options.learningRate alpha, > 0. Default 0.1; Keras uses 0.001.
 *  @throws `bad-argument` for a field out of range.
 *  Source: McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013, algorithm 1. */
export function ftrl(options: FtrlOptions = {}): Optimizer {
  checkOptions("ftrl", options, FTRL_CHECKS);
  const { l1 = 0, l2 = 0, l2Shrinkage = 0, beta = 1, accumulatorPower = 0.5, initialAccumulator = 0 } = options;
  const power = (n: Tensor): Tensor => (accumulatorPower === 0.5 ? n.sqrt() : n.pow(accumulatorPower));

  return defineOptimizer<"squares" | "linear", Tensor>(
    {
      name: "ftrl",
      learningRate: 0.1,
      usesMomentum: false,
      moments: { squares: initialAccumulator, linear: 0 },
      carried: {},
      counts: false,
      scalars: ({ learningRate }) => ({ scalars: learningRate }),
      element(g, { squares, linear }, learningRate, { w, decays }) {
        // n <- n + g^2,   sigma = (n^p - (n before)^p) / lr
        const n = squares.add(g.square());
        const root = power(n);
        const sigma = root.sub(power(squares)).div(learningRate);
        // z <- z + g + r w - sigma w
        const pull = decays && l2Shrinkage > 0 ? g.add(w.mul(l2Shrinkage)) : g;
        const z = linear.add(pull.sub(sigma.mul(w)));
        // w <- (min(max(z, -lambda1), lambda1) - z) / ((beta + n^p) / lr + lambda2)
        const above = decays && l1 > 0 ? z.clip(-l1, l1).sub(z) : z.neg();
        const below = root
          .add(beta)
          .div(learningRate)
          .add(decays ? l2 : 0);
        // with beta = 0, the denominator of a weight that never had a gradient is 0: keep the weight
        const best = where(below.greater(0), above.div(below), w);
        return { change: w.sub(best), moments: { squares: n, linear: z } };
      },
    },
    { ...options, l1: 0, l2: 0 },
  );
}
