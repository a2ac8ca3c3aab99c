import { requireArgument } from "../../core/errors.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { booleanField, type Fields } from "../fields.ts";
import type { LayerRule } from "../layer.ts";

interface GlobalPoolOptions {
  /** whether the spatial axes stay, with size 1 each. Default false */
  readonly keepDims?: boolean;
}

/** The mean of each channel.
 *    y[n, c] = mean over p of x[n, c, p]
 *  Shapes: x (N, C, ...S), any number of spatial axes, -> (N, C), or (N, C, 1, …) with keepDims.
 *  @throws `bad-argument` if there is no spatial axis.
 *  Source: Lin, Chen, Yan, "Network In Network", 2014. */
export interface GlobalAvgPoolConfig extends GlobalPoolOptions {
  readonly type: "globalAvgPool";
}

/** The largest element of each channel.
 *    y[n, c] = max over p of x[n, c, p]
 *  Shapes: x (N, C, ...S), any number of spatial axes, -> (N, C), or (N, C, 1, …) with keepDims. Equal elements share
 *  the gradient.
 *  @throws `bad-argument` if there is no spatial axis.
 *  Source: Oquab, Bottou, Laptev, Sivic, "Is Object Localization for Free?", 2015. */
export interface GlobalMaxPoolConfig extends GlobalPoolOptions {
  readonly type: "globalMaxPool";
}

function spatialAxes(x: Tensor): number[] {
  return Array.from({ length: x.rank - 2 }, (_, index) => index + 2);
}

/** (N, C, ...S) -> (N, C): the mean of each channel. */
export function globalAvgPool(x: Tensor, keepDims = false): Tensor {
  return x.mean(spatialAxes(x), keepDims);
}

/** (N, C, ...S) -> (N, C): the largest element of each channel. */
export function globalMaxPool(x: Tensor, keepDims = false): Tensor {
  return x.max(spatialAxes(x), keepDims);
}

const FIELDS: Fields<GlobalPoolOptions> = { keepDims: booleanField(false) };

function pooledShape(keepDims: boolean, inputShape: Shape): Shape {
  requireArgument(
    inputShape.length >= 2,
    `expects channels with spatial axes, as (channels, height, width), got ${formatShape(inputShape)}. Leave this layer out, or put it before the one that flattens.`,
    { inputShape },
  );
  return keepDims ? inputShape.map((size, axis) => (axis === 0 ? size : 1)) : inputShape.slice(0, 1);
}

export const globalAvgPoolRule: LayerRule<GlobalAvgPoolConfig> = {
  fields: FIELDS,
  facts: { role: "globalPooling", passes: "range", unitAxis: "first" },
  outputShape: ({ keepDims }, inputShape) => pooledShape(keepDims, inputShape),
  apply: ({ keepDims }, x) => globalAvgPool(x, keepDims),
};

export const globalMaxPoolRule: LayerRule<GlobalMaxPoolConfig> = {
  fields: FIELDS,
  facts: { role: "globalPooling", passes: "largest", unitAxis: "first" },
  outputShape: ({ keepDims }, inputShape) => pooledShape(keepDims, inputShape),
  apply: ({ keepDims }, x) => globalMaxPool(x, keepDims),
};
