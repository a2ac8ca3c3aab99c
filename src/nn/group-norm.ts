import { requireArgument } from "../core/errors.ts";
import { COUNT, required } from "../core/fields.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import { type Tensor, toTensor } from "../tensor/tensor.ts";
import { booleanField, positiveField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";

/** Group normalisation: scales each group of channels of each sample to mean 0 and variance 1, then applies a learned
 *  weight and bias per channel.
 *    y = (x - mean) / sqrt(var + epsilon) * weight + bias     mean, var over a group's channels and spatial axes
 *  Shapes: x (N, C, ...S) -> the same; weight and bias (C,). The same in training and prediction, and for every
 *  batch size.
 *  @throws `bad-argument` if groups does not divide the channels, or a group holds a single number.
 *  Source: Wu & He, "Group Normalization", 2018. */
export interface GroupNormConfig {
  readonly type: "groupNorm";
  /** number of groups of adjacent channels, at least 1 */
  readonly groups: number;
  /** default 1e-5 */
  readonly epsilon?: number;
  /** whether weight and bias are learned. Default true */
  readonly affine?: boolean;
}

/** Scales each group to mean 0 and variance 1: (x - mean) / sqrt(var + epsilon).
 *  @throws `bad-argument` as in the layer. */
export function normalizeGroups(x: Tensor, groups: number, epsilon: number): Tensor {
  const [batch, ...sample] = x.shape as readonly [number, ...number[]];
  requireGroups(groups, sample);
  const rows = x.reshape([batch, groups, -1]);
  const centred = rows.sub(rows.mean(2, true));
  const scale = toTensor(1).div(centred.square().mean(2, true).add(epsilon).sqrt());
  return centred.mul(scale).reshape(x.shape);
}

/** Multiplies every channel by its weight and adds its bias: x (N, C, ...S), weight and bias (C,). */
export function scaleChannels(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const aligned = x.shape.map((size, axis) => (axis === 1 ? size : 1));
  return x.mul(weight.reshape(aligned)).add(bias.reshape(aligned));
}

function requireGroups(groups: number, inputShape: Shape): number {
  const [channels] = inputShape;
  requireArgument(
    channels !== undefined && channels % groups === 0,
    `groups must divide the ${channels ?? 0} channels of ${formatShape(inputShape)}, got ${groups}.`,
    { groups, inputShape },
  );
  requireArgument(
    sizeOf(inputShape) > groups,
    `a group of ${formatShape(inputShape)} in ${groups} groups is one number, which has no variance. Use fewer groups.`,
    { groups, inputShape },
  );
  return channels;
}

export const groupNormRule: LayerRule<GroupNormConfig> = {
  fields: { groups: required(COUNT), epsilon: positiveField(1e-5), affine: booleanField(true) },
  facts: { role: "normalization", over: "sample", passes: "signal", unitAxis: "input" },
  parameters: ({ groups, affine }, inputShape) => {
    const shape = [requireGroups(groups, inputShape)];
    return affine ? { weight: { shape, init: "ones" }, bias: { shape, init: "zeros" } } : {};
  },
  apply: ({ groups, epsilon, affine }, x, { parameters }) => {
    const normal = normalizeGroups(x, groups, epsilon);
    return affine ? scaleChannels(normal, parameters.weight as Tensor, parameters.bias as Tensor) : normal;
  },
};
