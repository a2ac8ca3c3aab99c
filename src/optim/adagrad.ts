import { checkOptions, type Fields, FLAG, NOT_NEGATIVE } from "../core/fields.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdagradOptions extends OptimizerOptions {
  /** The step size falls as lr / (1 + (t - 1) lrDecay). Default 0. */
  readonly lrDecay?: number | undefined;
  /** Initial value of the sum of squares. Default 0; Keras uses 0.1. */
  readonly initialAccumulator?: number | undefined;
  /** Default 1e-10; Keras uses 1e-7. */
  readonly epsilon?: number | undefined;
  /** Divide by sqrt(s + epsilon), as in Keras, instead of sqrt(s) + epsilon. Default false. */
  readonly epsilonInside?: boolean | undefined;
}

export const ADAGRAD_CHECKS: Fields<AdagradOptions> = {
  ...OPTIMIZER_CHECKS,
  lrDecay: NOT_NEGATIVE,
  initialAccumulator: NOT_NEGATIVE,
  epsilon: NOT_NEGATIVE,
  epsilonInside: FLAG,
};

/** AdaGrad: one step size per weight, which shrinks as its squared gradients accumulate.
 *    s <- s + g^2
 *    w <- w - lr / (1 + (t - 1) lrDecay) * g / (sqrt(s) + epsilon)          t = 1, 2, ...
 *  State: s, shaped like w; t, a counter, if lrDecay > 0.
 *  @param options.learningRate > 0. Default 0.01.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011. */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  checkOptions("adagrad", options, ADAGRAD_CHECKS);
  const { lrDecay = 0, initialAccumulator = 0, epsilon = 1e-10, epsilonInside = false } = options;
  return defineOptimizer<"squares", Tensor>(
    {
      name: "adagrad",
      learningRate: 0.01,
      usesMomentum: false,
      moments: { squares: initialAccumulator },
      carried: {},
      counts: lrDecay > 0,
      scalars: ({ t, learningRate }) => ({
        scalars: lrDecay > 0 ? learningRate.div(t.sub(1).mul(lrDecay).add(1)) : learningRate,
      }),
      element(g, { squares }, rate) {
        // s <- s + g^2
        const s = squares.add(g.square());
        // w <- w - rate * g / (sqrt(s) + epsilon)
        const root = epsilonInside
          ? s.add(leastEpsilon.inside(epsilon)).sqrt()
          : s.sqrt().add(leastEpsilon.root(epsilon));
        return { change: g.mul(rate).div(root), moments: { squares: s } };
      },
    },
    options,
  );
}
