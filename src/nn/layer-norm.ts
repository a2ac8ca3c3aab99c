import { requireArgument } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { type Tensor, toTensor } from "../tensor/tensor.ts";
import { booleanField, integerField, positiveField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";

/** Layer normalisation: scales each sample to mean 0 and variance 1 over its last axes, then applies a learned weight and bias.
 *    y = (x - mean) / sqrt(var + epsilon) * weight + bias           mean, population var over the last `axes` axes
 *  Shapes: x (N, …, F) -> (N, …, F); weight and bias have the shape of the normalised axes. The same in training and prediction.
 *  Source: Ba, Kiros, Hinton, "Layer Normalization", 2016. */
export interface LayerNormConfig {
  readonly type: "layerNorm";
  /** number of last axes that are normalised together. Default 1 */
  readonly axes?: number;
  /** default 1e-5 */
  readonly epsilon?: number;
  /** whether weight and bias are learned. Default true */
  readonly affine?: boolean;
}

function normalizedShape(axes: number, inputShape: Shape): Shape {
  requireArgument(
    axes <= inputShape.length,
    `axes must be at most ${inputShape.length}, the number of axes of a sample, got ${axes}.`,
    { axes, inputShape },
  );
  return inputShape.slice(inputShape.length - axes);
}

export const layerNormRule: LayerRule<LayerNormConfig> = {
  fields: { axes: integerField(1, 1), epsilon: positiveField(1e-5), affine: booleanField(true) },
  facts: { role: "normalization", over: "sample", passes: "signal", unitAxis: "last" },
  parameters: ({ axes, affine }, inputShape) => {
    const shape = normalizedShape(axes, inputShape);
    return affine ? { weight: { shape, init: "ones" }, bias: { shape, init: "zeros" } } : {};
  },
  apply: ({ axes, epsilon, affine }, x, { parameters }) => {
    const last = Array.from({ length: axes }, (_, index) => x.rank - axes + index);
    const centred = x.sub(x.mean(last, true));
    const scale = toTensor(1).div(centred.square().mean(last, true).add(epsilon).sqrt());
    const normal = centred.mul(scale);
    return affine ? normal.mul(parameters.weight as Tensor).add(parameters.bias as Tensor) : normal;
  },
};
