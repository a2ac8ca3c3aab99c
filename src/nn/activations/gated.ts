import { type Tensor, where } from "../../tensor/tensor.ts";
import { choiceField } from "../fields.ts";
import type { ActivationRule } from "../layer.ts";
import { rectifierGain } from "./rectifiers.ts";

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** x P(Z <= x), Z standard normal.
 *    exact: x (1 + erf(x / sqrt(2))) / 2
 *    tanh:  x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
 *  Source: Hendrycks & Gimpel, "Gaussian Error Linear Units (GELUs)", 2016. */
export function gelu(x: Tensor, form: "exact" | "tanh" = "exact"): Tensor {
  const gate =
    form === "exact"
      ? x.mul(Math.SQRT1_2).erf()
      : x
          .mul(x.square().mul(0.044715).add(1))
          .mul(Math.sqrt(2 / Math.PI))
          .tanh();
  return x.mul(0.5).mul(gate.add(1));
}

/** x sigmoid(x), also called swish.
 *  Source: Elfwing, Uchibe, Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation", 2018. */
export function silu(x: Tensor): Tensor {
  return x.mul(x.sigmoid());
}

/** x tanh(softplus(x)), as a fraction of one exponential:
 *    e = exp(min(x, 20));   n = e (e + 2);   x n / (n + 2)
 *  Past 20 the fraction is 1 to the last digit, and e^2 is still far from overflow.
 *  Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2020. */
export function mish(x: Tensor): Tensor {
  const e = x.minimum(20).exp();
  const n = e.mul(e.add(2));
  return x.mul(n.div(n.add(2)));
}

/** x hardSigmoid(x). Derivative at -3: 0, at 3: 1.
 *  Source: Howard et al., "Searching for MobileNetV3", 2019. */
export function hardSwish(x: Tensor): Tensor {
  const [isLow, isHigh] = [x.lessEqual(-3), x.greaterEqual(3)];
  // the parabola gets only its own range: its derivative at infinity, times 0, would be NaN
  const middle = where(isLow.or(isHigh), 0, x);
  return where(isLow, 0, where(isHigh, x, middle.mul(middle.add(3)).mul(1 / 6)));
}

export interface GeluConfig {
  readonly type: "gelu";
  /** default "exact" */
  readonly form?: "exact" | "tanh";
}

export const geluRule: ActivationRule<GeluConfig> = {
  fields: { form: choiceField(["exact", "tanh"], "exact") },
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: ({ form }) => [form === "exact" ? -0.16997120747990369 : -0.17004075057125403, UNBOUNDED],
    saturation: () => undefined,
    inDepth: "passes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source: "Hendrycks & Gimpel, Gaussian Error Linear Units (GELUs), 2016",
  },
  apply: ({ form }, x) => gelu(x, form),
};

export interface SiluConfig {
  readonly type: "silu";
}

export const siluRule: ActivationRule<SiluConfig> = {
  fields: {},
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: () => [-0.2784645427610738, UNBOUNDED],
    saturation: () => undefined,
    inDepth: "passes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source: "Elfwing, Uchibe, Doya, Sigmoid-Weighted Linear Units for Neural Network Function Approximation, 2018",
  },
  apply: (_, x) => silu(x),
};

export interface MishConfig {
  readonly type: "mish";
}

export const mishRule: ActivationRule<MishConfig> = {
  fields: {},
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: () => [-0.3088434130172504, UNBOUNDED],
    saturation: () => undefined,
    inDepth: "passes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source: "Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2020",
  },
  apply: (_, x) => mish(x),
};

export interface HardSwishConfig {
  readonly type: "hardSwish";
}

export const hardSwishRule: ActivationRule<HardSwishConfig> = {
  fields: {},
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: () => [-0.375, UNBOUNDED],
    saturation: () => undefined,
    inDepth: "passes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source: "Howard et al., Searching for MobileNetV3, 2019",
  },
  apply: (_, x) => hardSwish(x),
};
