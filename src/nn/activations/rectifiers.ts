import { requireArgument } from "../../core/errors.ts";
import { randomUniform } from "../../tensor/random.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import { choiceField, numberField, type Resolved } from "../fields.ts";
import type { ActivationRule } from "../layer.ts";

const POSITIVE = [0, Number.POSITIVE_INFINITY] as const;
const ALL = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** sqrt(2 / (1 + a^2)) keeps the variance under a rectifier of slope a. Source: He et al. 2015, equation 15. */
export function rectifierGain(slope: number): number {
  return Math.sqrt(2 / (1 + slope ** 2));
}

/** max(x, 0). Derivative at 0: 0. NaN stays NaN.
 *  Source: Nair & Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010. */
export function relu(x: Tensor): Tensor {
  return where(x.lessEqual(0), 0, x);
}

/** x > 0 ? x : slope x. Derivative at 0: slope.
 *  Source: Maas, Hannun, Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013. */
export function leakyRelu(x: Tensor, slope: number | Tensor = 0.01): Tensor {
  const isPositive = x.greater(0);
  // keeps the other side from a learned slope: its derivative there would be 0 times infinity
  return where(isPositive, x, (typeof slope === "number" ? x : where(isPositive, 0, x)).mul(slope));
}

/** min(max(x, 0), 6). Derivative at 0 and 6: 0. */
export function relu6(x: Tensor): Tensor {
  return where(x.lessEqual(0), 0, where(x.greaterEqual(6), 6, x));
}

/** x > threshold ? x : 0. */
export function thresholdedRelu(x: Tensor, threshold = 1): Tensor {
  return where(x.lessEqual(threshold), 0, x);
}

export interface ReluConfig {
  readonly type: "relu";
}

export const reluRule: ActivationRule<ReluConfig> = {
  fields: {},
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: () => POSITIVE,
    saturation: () => undefined,
    inDepth: "dies",
    gives: "values",
    isRectifier: true,
    isSilentBelow: true,
    source: "Nair & Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010",
  },
  apply: (_, x) => relu(x),
};

export interface LeakyReluConfig {
  readonly type: "leakyRelu";
  /** of the negative side. Default 0.01 */
  readonly slope?: number;
}

export const leakyReluRule: ActivationRule<LeakyReluConfig> = {
  fields: { slope: numberField(0.01) },
  activation: {
    gain: ({ slope }) => rectifierGain(slope),
    init: ({ slope }) => ({ type: "heNormal", slope }),
    range: ({ slope }) => (slope > 0 ? ALL : POSITIVE),
    saturation: () => undefined,
    inDepth: "passes",
    gives: "values",
    isRectifier: true,
    isSilentBelow: false,
    source: "Maas, Hannun, Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013",
  },
  apply: ({ slope }, x) => leakyRelu(x, slope),
};

/** A LeakyReLU whose slope is learned: one for all, or one per channel (axis 1). */
export interface PreluConfig {
  readonly type: "prelu";
  /** default "shared" */
  readonly slopes?: "shared" | "perChannel";
  /** first value of the slope. Default 0.25 */
  readonly start?: number;
}

export const preluRule: ActivationRule<PreluConfig> = {
  fields: { slopes: choiceField(["shared", "perChannel"], "shared"), start: numberField(0.25) },
  parameters: ({ slopes, start }, inputShape) => ({
    weight: {
      shape: [slopes === "shared" ? 1 : (inputShape[0] ?? 1)],
      init: { type: "constant", value: start },
    },
  }),
  activation: {
    gain: ({ start }) => rectifierGain(start),
    init: ({ start }) => ({ type: "heNormal", slope: start }),
    range: () => ALL,
    saturation: () => undefined,
    inDepth: "passes",
    gives: "values",
    isRectifier: true,
    isSilentBelow: false,
    source: "He, Zhang, Ren, Sun, Delving Deep into Rectifiers, 2015",
  },
  apply: (_, x, { parameters }) => {
    const weight = parameters.weight as Tensor;
    // channels are axis 1: (C,) -> (C, 1, …)
    return leakyRelu(x, weight.reshape([-1, ...new Array<number>(Math.max(0, x.rank - 2)).fill(1)]));
  },
};

/** A LeakyReLU whose slope is drawn anew for each element in training, and is the mean of the two bounds at prediction. */
export interface RreluConfig {
  readonly type: "rrelu";
  /** default 1/8 */
  readonly low?: number;
  /** default 1/3 */
  readonly high?: number;
}

function meanSlope({ low, high }: Resolved<RreluConfig>): number {
  return (low + high) / 2;
}

export const rreluRule: ActivationRule<RreluConfig> = {
  fields: { low: numberField(1 / 8), high: numberField(1 / 3) },
  outputShape: ({ low, high }, inputShape) => {
    requireArgument(low <= high, `low must not be above high, got ${low} and ${high}.`, { low, high });
    return inputShape;
  },
  isRandom: () => true,
  activation: {
    gain: (config) => rectifierGain(meanSlope(config)),
    init: (config) => ({ type: "heNormal", slope: meanSlope(config) }),
    range: ({ low }) => (low > 0 ? ALL : POSITIVE),
    saturation: () => undefined,
    inDepth: "passes",
    gives: "values",
    isRectifier: true,
    isSilentBelow: false,
    source: "Xu, Wang, Chen, Li, Empirical Evaluation of Rectified Activations in Convolutional Network, 2015",
  },
  apply: (config, x, scope) =>
    leakyRelu(x, scope.stochastic ? randomUniform(scope.key(), x.shape, config.low, config.high) : meanSlope(config)),
};

export interface Relu6Config {
  readonly type: "relu6";
}

export const relu6Rule: ActivationRule<Relu6Config> = {
  fields: {},
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: () => [0, 6],
    saturation: () => ({ above: 6 }),
    inDepth: "dies",
    gives: "values",
    isRectifier: true,
    isSilentBelow: true,
    source: "Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010",
  },
  apply: (_, x) => relu6(x),
};

export interface ThresholdedReluConfig {
  readonly type: "thresholdedRelu";
  /** default 1 */
  readonly threshold?: number;
}

export const thresholdedReluRule: ActivationRule<ThresholdedReluConfig> = {
  fields: { threshold: numberField(1) },
  activation: {
    gain: () => rectifierGain(0),
    init: () => ({ type: "heNormal" }),
    range: ({ threshold }) => [Math.min(threshold, 0), Number.POSITIVE_INFINITY],
    saturation: () => undefined,
    inDepth: "dies",
    gives: "values",
    isRectifier: false,
    isSilentBelow: true,
    source: "Konda, Memisevic, Krueger, Zero-bias autoencoders and the benefits of co-adapting features, 2015",
  },
  apply: ({ threshold }, x) => thresholdedRelu(x, threshold),
};
