import { requireArgument } from "../core/errors.ts";
import { COUNT, required } from "../core/fields.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { windowSum } from "../tensor/windows.ts";
import { numberField, positiveField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";

/** Local response normalisation: divides every number by a power of the sum of squares of its neighbours on the channel axis.
 *    y_c = x_c / (bias + alpha / size * sum of x_j^2)^beta
 *    c - floor((size - 1) / 2) <= j <= c + ceil((size - 1) / 2)
 *  Shapes: x (N, C, ...S), any number of spatial axes, -> the same.
 *  The paper does not divide alpha by the size, has bias 2 and size 5, and writes n / 2 on either side; this is the
 *  form of ONNX and PyTorch (in which an even size reaches one further back instead of one further ahead).
 *  Source: Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012,
 *  section 3.3. */
export interface LocalResponseNormConfig {
  readonly type: "localResponseNorm";
  /** number of channels in the sum */
  readonly size: number;
  /** default 1e-4 */
  readonly alpha?: number;
  /** default 0.75 */
  readonly beta?: number;
  /** above 0. Default 1 */
  readonly bias?: number;
}

/** x (N, C, ...S) -> the same. */
export function localResponseNorm(
  x: Tensor,
  size: number,
  { alpha = 1e-4, beta = 0.75, bias = 1 }: Omit<LocalResponseNormConfig, "type" | "size"> = {},
): Tensor {
  const [batch, channels] = x.shape as readonly [number, number];
  // the windows slide over the channel axis; all positions are independent
  const squares = x.square().reshape([batch, channels, -1]);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const sums = windowSum(squares, { window: [size], stride: [1], dilation: [1], before: [before], after: [after] });
  return x.div(
    sums
      .mul(alpha / size)
      .add(bias)
      .pow(beta)
      .reshape(x.shape),
  );
}

export const localResponseNormRule: LayerRule<LocalResponseNormConfig> = {
  fields: {
    size: required(COUNT),
    alpha: numberField(1e-4, "a number of at least 0", (value) => value >= 0),
    beta: numberField(0.75),
    bias: positiveField(1),
  },
  facts: { role: "other", passes: "signal", unitAxis: "input" },
  outputShape: (_, inputShape) => {
    requireArgument(
      inputShape.length >= 1,
      `expects channels, as (channels, height, width), got ${formatShape(inputShape)}.`,
      { inputShape },
    );
    return inputShape;
  },
  apply: ({ size, ...options }, x) => localResponseNorm(x, size, options),
};
