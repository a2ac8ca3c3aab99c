import { checkOptions, type Fields, FLAG, NOT_NEGATIVE, POSITIVE } from "../core/fields.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { norm } from "./norms.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdafactorOptions extends OptimizerOptions {
  /** k, > 0: the decay of the averages is b = 1 - t^-k, a plain mean for k = 1. Default 0.8; the negative of Keras's `beta_2_decay`. */
  readonly decayPower?: number | undefined;
  /** epsilon1, > 0: added to the squared gradient. Default 1e-30. */
  readonly epsilon?: number | undefined;
  /** epsilon2: weights count as at least this large, so that zero weights can move. Default 1e-3. */
  readonly minimumScale?: number | undefined;
  /** d, > 0: largest root mean square of a parameter's step before scaling. Default 1. */
  readonly clipThreshold?: number | undefined;
  /** Use the step size min(lr, 1 / sqrt(t)) instead of lr, even if a schedule sets lr. Default true.
   *  Keras 3 does so even if its `relative_step` is false. */
  readonly relativeStep?: boolean | undefined;
}

export const ADAFACTOR_CHECKS: Fields<AdafactorOptions> = {
  ...OPTIMIZER_CHECKS,
  decayPower: POSITIVE,
  epsilon: POSITIVE,
  minimumScale: NOT_NEGATIVE,
  clipThreshold: POSITIVE,
  relativeStep: FLAG,
};

interface Scalars {
  /** rho */
  readonly rate: Tensor;
  /** 1 - b = t^-k */
  readonly fresh: Tensor;
}

/** Adafactor: keeps only the row and column means of a matrix's squared gradients; steps are relative to the weights.
 *    b = 1 - t^-k        q = g^2 + epsilon1          t = 1, 2, ...
 *    r <- b r + (1 - b) mean_columns(q)        c <- b c + (1 - b) mean_rows(q)        v = r c / mean(r)
 *    v <- b v + (1 - b) q                      for parameters of rank < 2
 *    u = g / sqrt(v)
 *    w <- w - max(epsilon2, rms(w)) rho u / max(1, rms(u) / d)        rho = min(lr, 1 / sqrt(t)), or lr
 *  Shapes: w (..., rows, columns) -> r (..., rows), c (..., columns): the last two axes are factored, all others are batches.
 *  rms is the root mean square of the whole tensor.
 *  State: r and c, or v; t, a counter. No first moment, so a scheduled momentum has no effect.
 *  @param options.learningRate > 0: the largest step, relative to rms(w). Default 0.01, as in the paper; Keras uses 0.001.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Shazeer & Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018, algorithms 4 to 6. */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  checkOptions("adafactor", options, ADAFACTOR_CHECKS);
  const { decayPower = 0.8, epsilon = 1e-30, minimumScale = 1e-3, clipThreshold = 1, relativeStep = true } = options;

  return defineOptimizer<"rows" | "columns" | "squares", Scalars>(
    {
      name: "adafactor",
      learningRate: 0.01,
      usesMomentum: false,
      moments: {
        rows: ({ rank, shape }) => (rank < 2 ? undefined : shape.slice(0, -1)),
        columns: ({ rank, shape }) => (rank < 2 ? undefined : [...shape.slice(0, -2), shape[rank - 1] as number]),
        squares: ({ rank, shape }) => (rank < 2 ? shape : undefined),
      },
      carried: {},
      counts: true,
      scalars: ({ t, learningRate }) => ({
        scalars: {
          rate: relativeStep ? learningRate.minimum(t.pow(-0.5)) : learningRate,
          fresh: t.pow(-decayPower),
        },
      }),
      element(g, { rows, columns, squares }, { rate, fresh }, { w }) {
        const average = (old: Tensor, x: Tensor): Tensor => old.mul(fresh.neg().add(1)).add(x.mul(fresh));
        // q = g^2 + epsilon1
        const q = g.square().add(epsilon);
        const isFactored = w.rank >= 2;
        // r <- b r + (1 - b) mean_columns(q),   c <- b c + (1 - b) mean_rows(q),   v <- b v + (1 - b) q
        const r = isFactored ? average(rows, q.mean(-1)) : rows;
        const c = isFactored ? average(columns, q.mean(-2)) : columns;
        const v = isFactored ? squares : average(squares, q);
        // u = g / sqrt(v)
        const u = isFactored ? dividedByRoot(g, r, c) : g.div(v.sqrt());
        // w <- w - max(epsilon2, rms(w)) rho u / max(1, rms(u) / d)
        const scale = rootMeanSquare(w).maximum(minimumScale).mul(rate);
        const excess = rootMeanSquare(u)
          .mul(1 / clipThreshold)
          .maximum(1);
        return { change: u.mul(scale.div(excess)), moments: { rows: r, columns: c, squares: v } };
      },
    },
    options,
  );
}

/** g / sqrt(r c / mean(r)), from the roots of rows and columns: far fewer roots than elements, and within float32 even if r c is not. */
function dividedByRoot(g: Tensor, r: Tensor, c: Tensor): Tensor {
  const ofRows = r.mean(-1, true).sqrt().div(r.sqrt());
  return g.mul(ofRows.unsqueeze(-1)).mul(c.sqrt().pow(-1).unsqueeze(-2));
}

function rootMeanSquare(x: Tensor): Tensor {
  return norm(x).mul(1 / Math.sqrt(x.size));
}
