import { checkOptions, DECAY, type Fields, POSITIVE } from "../core/fields.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both averages, in [0, 1). Default 0.9; Keras and the paper's MNIST runs use 0.95. */
  readonly rho?: number | undefined;
  /** > 0; it also gives the first steps their size. Default 1e-6. */
  readonly epsilon?: number | undefined;
}

export const ADADELTA_CHECKS: Fields<AdadeltaOptions> = { ...OPTIMIZER_CHECKS, rho: DECAY, epsilon: POSITIVE };

/** Adadelta: steps in the units of the weights, from the ratio of past steps to past gradients.
 *    s <- rho s + (1 - rho) g^2
 *    d = g sqrt(u + epsilon) / sqrt(s + epsilon)
 *    u <- rho u + (1 - rho) d^2
 *    w <- w - lr * d
 *  The root of u is taken before u is updated, as in the paper.
 *  State: s and u, each shaped like w.
 *  @param options.learningRate > 0. Default 1, the paper's.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012. */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  checkOptions("adadelta", options, ADADELTA_CHECKS);
  const { rho = 0.9 } = options;
  const epsilon = leastEpsilon.inside(options.epsilon ?? 1e-6);
  return defineOptimizer<"squares" | "steps", Tensor>(
    {
      name: "adadelta",
      learningRate: 1,
      usesMomentum: false,
      moments: { squares: 0, steps: 0 },
      carried: {},
      counts: false,
      scalars: ({ learningRate }) => ({ scalars: learningRate }),
      element(g, { squares, steps }, learningRate) {
        // s <- rho s + (1 - rho) g^2
        const s = squares.mul(rho).add(g.square().mul(1 - rho));
        // d = g sqrt(u + epsilon) / sqrt(s + epsilon)
        const d = g.mul(steps.add(epsilon).sqrt()).div(s.add(epsilon).sqrt());
        // u <- rho u + (1 - rho) d^2
        const u = steps.mul(rho).add(d.square().mul(1 - rho));
        return { change: d.mul(learningRate), moments: { squares: s, steps: u } };
      },
    },
    options,
  );
}
