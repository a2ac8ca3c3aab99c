import { checkOptions, DECAY, type Fields, FLAG, NOT_NEGATIVE } from "../core/fields.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the averages, in [0, 1). Default 0.9, as in the lecture and Keras; PyTorch uses 0.99. */
  readonly rho?: number | undefined;
  /** mu, in [0, 1). Default 0. */
  readonly momentum?: number | undefined;
  /** Divide by the gradient's standard deviation instead of its root mean square. Default false. */
  readonly centered?: boolean | undefined;
  /** Default 1e-8. */
  readonly epsilon?: number | undefined;
  /** Divide by sqrt(s + epsilon), as in Keras, instead of sqrt(s) + epsilon. Default false. */
  readonly epsilonInside?: boolean | undefined;
}

export const RMSPROP_CHECKS: Fields<RmspropOptions> = {
  ...OPTIMIZER_CHECKS,
  rho: DECAY,
  momentum: DECAY,
  centered: FLAG,
  epsilon: NOT_NEGATIVE,
  epsilonInside: FLAG,
};

type Moment = "squares" | "mean" | "velocity";

/** RMSProp: the gradient divided by its recent root mean square.
 *    s <- rho s + (1 - rho) g^2
 *    m <- rho m + (1 - rho) g                   centred: s - m^2 replaces s below
 *    d = g / (sqrt(s) + epsilon)
 *    v <- mu v + d,   w <- w - lr * v           without momentum: w <- w - lr * d
 *  s - m^2 is clamped at 0: it is a variance, and rounding must not make its root NaN.
 *  State: s, and m and v if they are used, each shaped like w.
 *  @param options.learningRate > 0. Default 0.001.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Tieleman & Hinton, "Neural Networks for Machine Learning", lecture 6.5, 2012; centred: Graves, "Generating Sequences
 *  With Recurrent Neural Networks", 2013 (with its epsilon inside the root). */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  checkOptions("rmsprop", options, RMSPROP_CHECKS);
  const { rho = 0.9, momentum = 0, centered = false, epsilon = 1e-8, epsilonInside = false } = options;
  const moments: Partial<Record<Moment, number>> = {
    squares: 0,
    ...(centered ? { mean: 0 } : {}),
    ...(momentum > 0 ? { velocity: 0 } : {}),
  };
  return defineOptimizer<Moment, { learningRate: Tensor; mu: Tensor }>(
    {
      name: "rmsprop",
      learningRate: 0.001,
      usesMomentum: momentum > 0,
      moments: moments as Record<Moment, number>,
      carried: {},
      counts: false,
      scalars: ({ learningRate, momentum: fed }) => ({ scalars: { learningRate, mu: fed ?? tensor(momentum) } }),
      element(g, { squares, mean, velocity }, { learningRate, mu }) {
        // s <- rho s + (1 - rho) g^2
        const s = squares.mul(rho).add(g.square().mul(1 - rho));
        // m <- rho m + (1 - rho) g
        const m = centered ? mean.mul(rho).add(g.mul(1 - rho)) : mean;
        const spread = centered ? s.sub(m.square()).maximum(0) : s;
        // d = g / (sqrt(s) + epsilon)
        const d = g.div(
          epsilonInside
            ? spread.add(leastEpsilon.inside(epsilon)).sqrt()
            : spread.sqrt().add(leastEpsilon.root(epsilon)),
        );
        // v <- mu v + d
        const v = momentum > 0 ? velocity.mul(mu).add(d) : velocity;
        const change = (momentum > 0 ? v : d).mul(learningRate);
        return { change, moments: { squares: s, mean: m, velocity: v } };
      },
    },
    options,
  );
}
