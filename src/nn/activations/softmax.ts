import { normalizeAxis, type Shape } from "../../core/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { axisField } from "../fields.ts";
import type { ActivationRule } from "../layer.ts";
import { logSoftmaxOf, shiftByMax } from "../numerics.ts";

/** exp(x_i) / sum over j of exp(x_j), along one axis; the largest x is subtracted first, so that nothing overflows.
 *  Source: Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs", 1990. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const exponentials = shiftByMax(x, axis).exp();
  return exponentials.div(exponentials.sum(axis, true));
}

/** log(softmax(x)) = x - log(sum of exp(x)): finite even if the softmax rounds to 0. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return logSoftmaxOf(x, axis);
}

/** x itself: the linear activation. */
export function identity(x: Tensor): Tensor {
  return x;
}

/** The axis must be one of the sample's: 0 would mix the samples of a batch. */
function checkedShape(where: string, axis: number, inputShape: Shape): Shape {
  const rank = inputShape.length + 1;
  normalizeAxis(`${where}, counted with the batch axis 0`, axis === 0 || axis === -rank ? rank : axis, rank);
  return inputShape;
}

export interface SoftmaxConfig {
  readonly type: "softmax";
  /** counted with the batch axis. Default -1, the last */
  readonly axis?: number;
}

export const softmaxRule: ActivationRule<SoftmaxConfig> = {
  fields: { axis: axisField(-1) },
  outputShape: ({ axis }, inputShape) => checkedShape("softmax", axis, inputShape),
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [0, 1],
    // derivative p (1 - p) with respect to its own input, at most 1/4
    saturation: () => ({ below: 0.01, above: 0.99 }),
    inDepth: "squashes",
    gives: "distribution",
    isRectifier: false,
    isSilentBelow: false,
    source: "Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
  },
  apply: ({ axis }, x) => softmax(x, axis),
};

export interface LogSoftmaxConfig {
  readonly type: "logSoftmax";
  /** counted with the batch axis. Default -1, the last */
  readonly axis?: number;
}

export const logSoftmaxRule: ActivationRule<LogSoftmaxConfig> = {
  fields: { axis: axisField(-1) },
  outputShape: ({ axis }, inputShape) => checkedShape("logSoftmax", axis, inputShape),
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [Number.NEGATIVE_INFINITY, 0],
    saturation: () => undefined,
    inDepth: "squashes",
    gives: "logDistribution",
    isRectifier: false,
    isSilentBelow: false,
    source: "Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
  },
  apply: ({ axis }, x) => logSoftmax(x, axis),
};

export interface IdentityConfig {
  readonly type: "identity";
}

export const identityRule: ActivationRule<IdentityConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    saturation: () => undefined,
    inDepth: "unchanged",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010",
  },
  apply: (_, x) => x,
};
