import { requireArgument } from "../../core/errors.ts";
import { required } from "../../core/fields.ts";
import { formatShape } from "../../core/shape.ts";
import { randomBernoulli } from "../../tensor/random.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import { SHARE } from "../dropout.ts";
import type { LayerRule } from "../layer.ts";

/** Dropout of whole channels: in training each channel of each sample is set to 0 with probability `rate`, and the
 *  others are scaled up so that the mean stays. Neighbours on a spatial axis resemble each other, so dropout of single
 *  numbers removes little.
 *    y = mask x / (1 - rate),   mask ~ Bernoulli(1 - rate), drawn for each channel;   at prediction y = x
 *  Shapes: x (N, C, ...S), any number of spatial axes, -> the same.
 *  Source: Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient Object Localization Using Convolutional Networks",
 *  2015. */
export interface SpatialDropoutConfig {
  readonly type: "spatialDropout";
  /** probability of being dropped, in [0, 1) */
  readonly rate: number;
}

export function spatialDropout(x: Tensor, key: Tensor, rate: number): Tensor {
  const perChannel = x.shape.map((size, axis) => (axis < 2 ? size : 1));
  return where(randomBernoulli(key, perChannel, 1 - rate), x.mul(1 / (1 - rate)), 0);
}

export const spatialDropoutRule: LayerRule<SpatialDropoutConfig> = {
  fields: { rate: required(SHARE) },
  facts: { role: "regularization", passes: "range", unitAxis: "input" },
  isRandom: ({ rate }) => rate > 0,
  outputShape: (_, inputShape) => {
    requireArgument(
      inputShape.length >= 2,
      `expects channels with spatial axes, as (channels, height, width), got ${formatShape(inputShape)}. For vectors use { "type": "dropout" }.`,
      { inputShape },
    );
    return inputShape;
  },
  apply: ({ rate }, x, scope) => (scope.stochastic && rate > 0 ? spatialDropout(x, scope.key(), rate) : x),
};
