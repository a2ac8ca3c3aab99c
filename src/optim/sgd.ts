import { GradusError } from "../core/errors.ts";
import { checkOptions, DECAY, type Fields, FLAG, FRACTION } from "../core/fields.ts";
import { tensor } from "../tensor/create.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface SgdOptions extends OptimizerOptions {
  /** mu, in [0, 1). Default 0: plain gradient descent, no state. */
  readonly momentum?: number | undefined;
  /** Fraction of the new gradient that does not enter the velocity, in [0, 1]. Default 0. */
  readonly dampening?: number | undefined;
  /** Use Nesterov momentum. Needs momentum > 0 and no dampening. Default false. */
  readonly nesterov?: boolean | undefined;
}

export const SGD_CHECKS: Fields<SgdOptions> = {
  ...OPTIMIZER_CHECKS,
  momentum: DECAY,
  dampening: FRACTION,
  nesterov: FLAG,
};

interface Scalars {
  readonly learningRate: Tensor;
  readonly mu: Tensor;
  /** weight of the new gradient in the velocity */
  readonly fresh: Tensor | undefined;
}

/** Stochastic gradient descent: plain, with momentum, or with Nesterov's momentum.
 *    w <- w - lr * g                                     momentum = 0
 *    v <- mu v + (1 - dampening) g,   w <- w - lr * v    momentum; the first v is g itself, undamped
 *    v <- mu v + g,   w <- w - lr * (g + mu v)           nesterov
 *  The learning rate multiplies the velocity, as in PyTorch: when a schedule changes it, the whole step changes.
 *  State: v shaped like w, if momentum > 0; a counter if dampening > 0.
 *  @param options.learningRate > 0. Default 0.01.
 *  @throws `bad-argument` for a field out of range, or nesterov without momentum or with dampening.
 *  Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Nesterov, 1983, in the form of
 *  Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013. */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions("sgd", options, SGD_CHECKS);
  const { momentum = 0, dampening = 0, nesterov = false } = options;
  if (nesterov && (momentum === 0 || dampening > 0)) {
    throw new GradusError(
      "bad-argument",
      `sgd: nesterov needs momentum > 0 and dampening 0, got momentum ${momentum} and dampening ${dampening}.`,
      { momentum, dampening },
    );
  }
  if (momentum === 0) {
    return defineOptimizer<never, Tensor>(
      {
        name: "sgd",
        learningRate: 0.01,
        usesMomentum: false,
        moments: {},
        carried: {},
        counts: false,
        scalars: ({ learningRate }) => ({ scalars: learningRate }),
        // w <- w - lr * g
        element: (g, _, learningRate) => ({ change: g.mul(learningRate), moments: {} }),
      },
      options,
    );
  }
  return defineOptimizer<"velocity", Scalars>(
    {
      name: "sgd",
      learningRate: 0.01,
      usesMomentum: true,
      moments: { velocity: 0 },
      carried: {},
      counts: dampening > 0,
      scalars: ({ t, learningRate, momentum: fed }) => ({
        scalars: {
          learningRate,
          mu: fed ?? tensor(momentum),
          fresh: dampening > 0 ? where(t.lessEqual(1), 1, 1 - dampening) : undefined,
        },
      }),
      element(g, { velocity }, { learningRate, mu, fresh }) {
        // v <- mu v + (1 - dampening) g
        const v = velocity.mul(mu).add(fresh ? g.mul(fresh) : g);
        // nesterov: w <- w - lr * (g + mu v);   else w <- w - lr * v
        const direction = nesterov ? g.add(v.mul(mu)) : v;
        return { change: direction.mul(learningRate), moments: { velocity: v } };
      },
    },
    options,
  );
}
