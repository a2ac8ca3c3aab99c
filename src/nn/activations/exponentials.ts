import { type Tensor, where } from "../../tensor/tensor.ts";
import { positiveField } from "../fields.ts";
import type { ActivationRule } from "../layer.ts";
import { expm1, softplusOf } from "../numerics.ts";
import { rectifierGain } from "./rectifiers.ts";

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** The two constants with which activations of mean 0 and variance 1 keep both. Source: Klambauer et al. 2017, equation 14. */
export const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 } as const;

/** x > 0 ? x : a (exp(x / b) - 1). The exponential never gets a positive x, so that the side that is not taken cannot overflow. */
function exponentialBelow(x: Tensor, a: number, b: number): Tensor {
  const isPositive = x.greater(0);
  const negative = where(isPositive, 0, b === 1 ? x : x.mul(1 / b));
  return where(isPositive, x, expm1(negative).mul(a));
}

/** x > 0 ? x : alpha (exp(x) - 1). Derivative at 0: alpha.
 *  Source: Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2016. */
export function elu(x: Tensor, alpha = 1): Tensor {
  return exponentialBelow(x, alpha, 1);
}

/** scale (x > 0 ? x : alpha (exp(x) - 1)).
 *  Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-Normalizing Neural Networks", 2017. */
export function selu(x: Tensor, alpha: number = SELU.alpha, scale: number = SELU.scale): Tensor {
  return exponentialBelow(x, alpha, 1).mul(scale);
}

/** x > 0 ? x : alpha (exp(x / alpha) - 1): an ELU with derivative 1 at 0, whatever alpha.
 *  Source: Barron, "Continuously Differentiable Exponential Linear Units", 2017. */
export function celu(x: Tensor, alpha = 1): Tensor {
  return exponentialBelow(x, alpha, alpha);
}

/** log(1 + exp(beta x)) / beta. Derivative: sigmoid(beta x).
 *  Source: Dugas, Bengio, Bélisle, Nadeau, Garcia, "Incorporating Second-Order Functional Knowledge for Better Option Pricing", 2001. */
export function softplus(x: Tensor, beta = 1): Tensor {
  return beta === 1 ? softplusOf(x) : softplusOf(x.mul(beta)).mul(1 / beta);
}

/** exp(x). */
export function exponential(x: Tensor): Tensor {
  return x.exp();
}

export interface EluConfig {
  readonly type: "elu";
  /** minus the limit at minus infinity. Default 1 */
  readonly alpha?: number;
}

export const eluRule: ActivationRule<EluConfig> = {
  fields: { alpha: positiveField(1) },
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: ({ alpha }) => [-alpha, UNBOUNDED],
    // derivative y + alpha below 0, 1 above
    saturation: ({ alpha }) => ({ below: 0.04 * Math.max(1, alpha) - alpha }),
    inDepth: "passes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source:
      "Clevert, Unterthiner, Hochreiter, Fast and Accurate Deep Network Learning by Exponential Linear Units, 2016",
  },
  apply: ({ alpha }, x) => elu(x, alpha),
};

export interface SeluConfig {
  readonly type: "selu";
}

export const seluRule: ActivationRule<SeluConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "lecunNormal" }),
    range: () => [-SELU.alpha * SELU.scale, UNBOUNDED],
    saturation: () => ({ below: -0.96 * SELU.alpha * SELU.scale }),
    inDepth: "normalizes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source: "Klambauer, Unterthiner, Mayr, Hochreiter, Self-Normalizing Neural Networks, 2017",
  },
  apply: (_, x) => selu(x),
};

export interface CeluConfig {
  readonly type: "celu";
  /** minus the limit at minus infinity. Default 1 */
  readonly alpha?: number;
}

export const celuRule: ActivationRule<CeluConfig> = {
  fields: { alpha: positiveField(1) },
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: ({ alpha }) => [-alpha, UNBOUNDED],
    saturation: ({ alpha }) => ({ below: -0.96 * alpha }),
    inDepth: "passes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source: "Barron, Continuously Differentiable Exponential Linear Units, 2017",
  },
  apply: ({ alpha }, x) => celu(x, alpha),
};

export interface SoftplusConfig {
  readonly type: "softplus";
  /** sharpness of the bend. Default 1 */
  readonly beta?: number;
}

export const softplusRule: ActivationRule<SoftplusConfig> = {
  fields: { beta: positiveField(1) },
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: () => [0, UNBOUNDED],
    // derivative 1 - exp(-beta y)
    saturation: ({ beta }) => ({ below: -Math.log(0.96) / beta }),
    inDepth: "passes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2001",
  },
  apply: ({ beta }, x) => softplus(x, beta),
};

export interface ExponentialConfig {
  readonly type: "exponential";
}

export const exponentialRule: ActivationRule<ExponentialConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [0, UNBOUNDED],
    saturation: () => undefined,
    inDepth: "grows",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "the exponential function; log link of Nelder & Wedderburn, Generalized Linear Models, 1972",
  },
  apply: (_, x) => exponential(x),
};
