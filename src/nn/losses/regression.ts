import { where } from "../../tensor/tensor.ts";
import { positiveField } from "../fields.ts";
import { type LossOptions, type LossRule, reductionField } from "./loss-rule.ts";
import { valueTargets } from "./targets.ts";

// r = output - target; output and target (N, …) of equal shape; the mean is over all numbers

/** Mean squared error: L = r^2. */
export interface MseConfig extends LossOptions {
  readonly type: "mse";
}

/** Mean absolute error: L = |r|, derivative 0 at 0. */
export interface MaeConfig extends LossOptions {
  readonly type: "mae";
}

/** Squared near 0, absolute far away.
 *    L = r^2 / 2 if |r| <= delta, else delta (|r| - delta / 2)
 *  Source: Huber, "Robust Estimation of a Location Parameter", 1964. */
export interface HuberConfig extends LossOptions {
  readonly type: "huber";
  /** the |r| at which the two forms meet. Default 1 */
  readonly delta?: number;
}

/** Huber's loss divided by its delta: slope 1 far away.
 *    L = r^2 / (2 beta) if |r| < beta, else |r| - beta / 2
 *  Source: Girshick, "Fast R-CNN", 2015. */
export interface SmoothL1Config extends LossOptions {
  readonly type: "smoothL1";
  /** the |r| at which the two forms meet. Default 1 */
  readonly beta?: number;
}

export const mseRule: LossRule<MseConfig> = {
  fields: { reduction: reductionField },
  expects: "values",
  targets: "values",
  source: "Gauss, Theoria motus corporum coelestium, 1809",
  terms: ({ type }, output, target) => ({ values: output.sub(valueTargets(type, output, target)).square() }),
};

export const maeRule: LossRule<MaeConfig> = {
  fields: { reduction: reductionField },
  expects: "values",
  targets: "values",
  source: "Laplace, Théorie analytique des probabilités, 1812",
  terms: ({ type }, output, target) => ({ values: output.sub(valueTargets(type, output, target)).abs() }),
};

export const huberRule: LossRule<HuberConfig> = {
  fields: { delta: positiveField(1), reduction: reductionField },
  expects: "values",
  targets: "values",
  source: "Huber, Robust Estimation of a Location Parameter, 1964",
  terms: ({ type, delta }, output, target) => {
    const r = output.sub(valueTargets(type, output, target));
    const size = r.abs();
    const isNear = size.lessEqual(delta);
    // far away the square gets 0, because it and its derivative would overflow
    return { values: where(isNear, where(isNear, r, 0).square().mul(0.5), size.sub(delta / 2).mul(delta)) };
  },
};

export const smoothL1Rule: LossRule<SmoothL1Config> = {
  fields: { beta: positiveField(1), reduction: reductionField },
  expects: "values",
  targets: "values",
  source: "Girshick, Fast R-CNN, 2015",
  terms: ({ type, beta }, output, target) => {
    const r = output.sub(valueTargets(type, output, target));
    const size = r.abs();
    const isNear = size.less(beta);
    return {
      values: where(
        isNear,
        where(isNear, r, 0)
          .square()
          .mul(0.5 / beta),
        size.sub(beta / 2),
      ),
    };
  },
};
