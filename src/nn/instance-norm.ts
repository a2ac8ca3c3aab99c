import { requireArgument } from "../core/errors.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { booleanField, positiveField } from "./fields.ts";
import { normalizeGroups, scaleChannels } from "./group-norm.ts";
import type { LayerRule } from "./layer.ts";

/** Instance normalisation: scales each channel of each sample to mean 0 and variance 1, then applies a learned weight and
 *  bias per channel.
 *    y = (x - mean) / sqrt(var + epsilon) * weight + bias           mean, population var over the spatial axes
 *  Shapes: x (N, C, ...S) -> the same; weight and bias (C,). The same in training and prediction.
 *  @throws `bad-argument` if a channel is a single number.
 *  Source: Ulyanov, Vedaldi, Lempitsky, "Instance Normalization: The Missing Ingredient for Fast Stylization", 2016. */
export interface InstanceNormConfig {
  readonly type: "instanceNorm";
  /** default 1e-5 */
  readonly epsilon?: number;
  /** whether weight and bias are learned. Default true (PyTorch's false) */
  readonly affine?: boolean;
}

function channelsOf(inputShape: Shape): number {
  const [channels, ...spatial] = inputShape;
  requireArgument(
    channels !== undefined && sizeOf(spatial) > 1,
    `expects channels with spatial axes, as (channels, height, width), with more than one number per channel, got ${formatShape(inputShape)}.`,
    { inputShape },
  );
  return channels;
}

export const instanceNormRule: LayerRule<InstanceNormConfig> = {
  fields: { epsilon: positiveField(1e-5), affine: booleanField(true) },
  facts: { role: "normalization", over: "sample", passes: "signal", unitAxis: "input" },
  parameters: ({ affine }, inputShape) => {
    const shape = [channelsOf(inputShape)];
    return affine ? { weight: { shape, init: "ones" }, bias: { shape, init: "zeros" } } : {};
  },
  apply: ({ epsilon, affine }, x, { parameters }) => {
    const normal = normalizeGroups(x, x.shape[1] as number, epsilon);
    return affine ? scaleChannels(normal, parameters.weight as Tensor, parameters.bias as Tensor) : normal;
  },
};
