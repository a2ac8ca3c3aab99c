import { type Tensor, where } from "../../tensor/tensor.ts";
import { numberField } from "../fields.ts";
import type { ActivationRule } from "../layer.ts";
import { softplusOf } from "../numerics.ts";

/** 1 / (1 + exp(-x)). */
export function sigmoid(x: Tensor): Tensor {
  return x.sigmoid();
}

/** The hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return x.tanh();
}

/** log(1 / (1 + exp(-x))) = -softplus(-x): finite even if the sigmoid rounds to 0. */
export function logSigmoid(x: Tensor): Tensor {
  return softplusOf(x.neg()).neg();
}

/** min(max(slope x + offset, 0), 1), by default x / 6 + 1/2. Derivative at the corners: 0.
 *  Source: Courbariaux, Bengio, David, "BinaryConnect", 2015 (there x / 2 + 1/2); the slope of 1/6 is MobileNetV3's, Howard et al. 2019. */
export function hardSigmoid(x: Tensor, slope = 1 / 6, offset = 0.5): Tensor {
  // the corners are found on x, where -3 and 3 are exact
  const [low, high] = [-offset / slope, (1 - offset) / slope];
  return where(x.lessEqual(low), 0, where(x.greaterEqual(high), 1, x.mul(slope).add(offset)));
}

/** min(max(x, low), high). Derivative at the corners: 0. Source: Collobert, "Large Scale Machine Learning", 2004. */
export function hardTanh(x: Tensor, low = -1, high = 1): Tensor {
  return where(x.lessEqual(low), low, where(x.greaterEqual(high), high, x));
}

/** x / (1 + |x|). Source: Turian, Bergstra, Bengio, "Quadratic Features and Deep Architectures for Chunking", 2009. */
export function softsign(x: Tensor): Tensor {
  return x.div(x.abs().add(1));
}

export interface SigmoidConfig {
  readonly type: "sigmoid";
}

export const sigmoidRule: ActivationRule<SigmoidConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [0, 1],
    // derivative y (1 - y), at most 1/4
    saturation: () => ({ below: 0.01, above: 0.99 }),
    inDepth: "squashes",
    gives: "probability",
    isRectifier: false,
    isSilentBelow: false,
    source: "Rumelhart, Hinton, Williams, Learning representations by back-propagating errors, 1986",
  },
  apply: (_, x) => sigmoid(x),
};

export interface TanhConfig {
  readonly type: "tanh";
}

export const tanhRule: ActivationRule<TanhConfig> = {
  fields: {},
  activation: {
    gain: () => 5 / 3,
    init: () => ({ type: "glorotUniform" }),
    range: () => [-1, 1],
    // derivative 1 - y^2
    saturation: () => ({ below: -0.98, above: 0.98 }),
    inDepth: "squashes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998",
  },
  apply: (_, x) => tanh(x),
};

export interface HardSigmoidConfig {
  readonly type: "hardSigmoid";
}

export const hardSigmoidRule: ActivationRule<HardSigmoidConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [0, 1],
    saturation: () => ({ below: 0, above: 1 }),
    inDepth: "squashes",
    gives: "probability",
    isRectifier: false,
    isSilentBelow: false,
    source:
      "Courbariaux, Bengio, David, BinaryConnect, 2015; slope 1/6 of Howard et al., Searching for MobileNetV3, 2019",
  },
  apply: (_, x) => hardSigmoid(x),
};

export interface HardTanhConfig {
  readonly type: "hardTanh";
  /** default -1 */
  readonly low?: number;
  /** default 1 */
  readonly high?: number;
}

export const hardTanhRule: ActivationRule<HardTanhConfig> = {
  fields: { low: numberField(-1), high: numberField(1) },
  activation: {
    gain: () => 5 / 3,
    init: () => ({ type: "glorotUniform" }),
    range: ({ low, high }) => [low, high],
    saturation: ({ low, high }) => ({ below: low, above: high }),
    inDepth: "squashes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "Collobert, Large Scale Machine Learning, 2004",
  },
  apply: ({ low, high }, x) => hardTanh(x, low, high),
};

export interface LogSigmoidConfig {
  readonly type: "logSigmoid";
}

export const logSigmoidRule: ActivationRule<LogSigmoidConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [Number.NEGATIVE_INFINITY, 0],
    // derivative 1 - exp(y)
    saturation: () => ({ above: Math.log(0.96) }),
    inDepth: "squashes",
    gives: "logProbability",
    isRectifier: false,
    isSilentBelow: false,
    source: "the logarithm of the logistic function; as in PyTorch",
  },
  apply: (_, x) => logSigmoid(x),
};

export interface SoftsignConfig {
  readonly type: "softsign";
}

export const softsignRule: ActivationRule<SoftsignConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [-1, 1],
    // derivative (1 - |y|)^2
    saturation: () => ({ below: -0.8, above: 0.8 }),
    inDepth: "squashes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "Turian, Bergstra, Bengio, Quadratic Features and Deep Architectures for Chunking, 2009",
  },
  apply: (_, x) => softsign(x),
};
