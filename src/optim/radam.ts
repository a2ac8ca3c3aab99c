import { checkOptions, DECAY, type Fields, INNER_FRACTION, NOT_NEGATIVE } from "../core/fields.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import { movingAverage } from "./adam.ts";
import { biasCorrection } from "./bias-correction.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface RadamOptions extends OptimizerOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the second moment, in (0, 1). Default 0.999. */
  readonly beta2?: number | undefined;
  /** Default 1e-8. The paper has none. */
  readonly epsilon?: number | undefined;
}

export const RADAM_CHECKS: Fields<RadamOptions> = {
  ...OPTIMIZER_CHECKS,
  beta1: DECAY,
  beta2: INNER_FRACTION,
  epsilon: NOT_NEGATIVE,
};

interface Scalars {
  readonly beta1: Tensor | number;
  readonly plain: Tensor;
  readonly adaptive: Tensor;
}

/** RAdam: Adam that steps like momentum until its second moment is reliable.
 *    m <- b1 m + (1 - b1) g        s <- b2 s + (1 - b2) g^2
 *    rho_inf = 2 / (1 - b2) - 1    rho = rho_inf - 2 t b2^t / (1 - b2^t)
 *    r = sqrt((rho - 4)(rho - 2) rho_inf / ((rho_inf - 4)(rho_inf - 2) rho))
 *    w <- w - lr * m / (1 - b1^t) * (rho > 5 ? r sqrt(1 - b2^t) / (sqrt(s) + epsilon) : 1)
 *  The bound is 5, as in the authors' code and PyTorch; the paper's text says 4.
 *  State: m and s, each shaped like w; t, a counter.
 *  @param options.learningRate > 0. Default 1e-3.
 *  @throws `bad-argument` for a field out of range.
 *  Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020. */
export function radam(options: RadamOptions = {}): Optimizer {
  checkOptions("radam", options, RADAM_CHECKS);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const rhoLimit = 2 / (1 - beta2) - 1;
  return defineOptimizer<"first" | "second", Scalars>(
    {
      name: "radam",
      learningRate: 1e-3,
      usesMomentum: true,
      moments: { first: 0, second: 0 },
      carried: {},
      counts: true,
      scalars({ t, learningRate, momentum }) {
        const decay = momentum ?? beta1;
        const rate = learningRate.div(biasCorrection(decay, t));
        const rho = varianceLength(beta2, t);
        const trusted = rho.greater(5);
        // clamp at the bound, so that the root is never of a negative number
        const safe = rho.maximum(5);
        const r = safe
          .sub(4)
          .mul(safe.sub(2))
          .mul(rhoLimit / ((rhoLimit - 4) * (rhoLimit - 2)))
          .div(safe)
          .sqrt();
        return {
          scalars: {
            beta1: decay,
            plain: where(trusted, 0, rate),
            adaptive: where(trusted, rate.mul(r).mul(biasCorrection(beta2, t).sqrt()), 0),
          },
        };
      },
      element(g, { first, second }, { beta1: b1, plain, adaptive }) {
        // m <- b1 m + (1 - b1) g
        const m = movingAverage(first, g, b1);
        // s <- b2 s + (1 - b2) g^2
        const s = second.mul(beta2).add(g.square().mul(1 - beta2));
        // one of the two factors is 0
        const factor = adaptive.div(s.sqrt().add(leastEpsilon.root(epsilon))).add(plain);
        return { change: m.mul(factor), moments: { first: m, second: s } };
      },
    },
    options,
  );
}

/** rho = rho_inf - 2 t b2^t / (1 - b2^t), the effective length of the second moment's average.
 *  For b2 near 1 this is the difference of two numbers near 2 / (1 - b2); float32 would keep three digits of it. With
 *  l = -log(b2) and h = t l / 2 the same number is
 *    rho = (rho_inf - 2 / l) + t - (2 / l) (h coth(h) - 1)
 *  whose terms are small; the last bracket is its series h^2/3 - h^4/45 + 2 h^6/945 - h^8/4725 + 2 h^10/93555 below h = 0.1. */
function varianceLength(beta2: number, t: Tensor): Tensor {
  const l = -Math.log(beta2);
  const offset = 2 / (1 - beta2) - 1 - 2 / l;
  const h = t.mul(l / 2);
  const square = h.square();
  const series = square
    .mul(2 / 93555)
    .add(-1 / 4725)
    .mul(square)
    .add(2 / 945)
    .mul(square)
    .add(-1 / 45)
    .mul(square)
    .add(1 / 3)
    .mul(square);
  const direct = h.div(h.tanh()).sub(1);
  const bracket = where(h.less(0.1), series, direct);
  return t.sub(bracket.mul(2 / l)).add(offset);
}
