import type { Shape } from "../../core/shape.ts";
import { tensor } from "../../tensor/create.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import { windowMax, windowSum } from "../../tensor/windows.ts";
import { booleanField, numberField, type Resolved } from "../fields.ts";
import type { LayerRule } from "../layer.ts";
import { imageOf, type PerAxis } from "./geometry.ts";
import { channelsFirst, channelsLast } from "./layout.ts";
import { type PoolOptions, type PoolWindows, poolFields, poolWindows, tapsBetween } from "./pool-windows.ts";

/** The largest element of each window, channel by channel.
 *    y[n, c, p] = max over k of x[n, c, p stride - before + k dilation]
 *  Shapes: x (N, C, ...S) -> (N, C, ...P). Padding is never chosen; NaN wins. The gradient goes to the first of equal
 *  elements.
 *  @throws `shape-mismatch` if the window is larger than the padded input, `bad-argument` if one would contain only
 *    padding.
 *  Source: Riesenhuber & Poggio, "Hierarchical Models of Object Recognition in Cortex", 1999. */
export interface MaxPoolConfig<T extends MaxPoolType> extends PoolOptions {
  readonly type: T;
  /** K: the size of a window on all axes, or on each */
  readonly window: PerAxis;
}

export type MaxPoolType = "maxPool1d" | "maxPool2d" | "maxPool3d";
export type MaxPool1dConfig = MaxPoolConfig<"maxPool1d">;
export type MaxPool2dConfig = MaxPoolConfig<"maxPool2d">;
export type MaxPool3dConfig = MaxPoolConfig<"maxPool3d">;

/** The mean of each window, channel by channel.
 *    y[n, c, p] = 1 / m  sum over k of x[n, c, p stride - before + k dilation]
 *    m = the elements of the window, including padding; without countIncludePad only those on the input
 *  Shapes: x (N, C, ...S) -> (N, C, ...P). Elements that ceilMode adds beyond the padding never count, as in PyTorch.
 *  @throws as maxPool.
 *  Source: LeCun et al., "Backpropagation Applied to Handwritten Zip Code Recognition", 1989. */
export interface AvgPoolConfig<T extends AvgPoolType> extends PoolOptions {
  readonly type: T;
  /** K: the size of a window on all axes, or on each */
  readonly window: PerAxis;
  /** whether padding counts as elements of value 0. Default true */
  readonly countIncludePad?: boolean;
}

export type AvgPoolType = "avgPool1d" | "avgPool2d" | "avgPool3d";
export type AvgPool1dConfig = AvgPoolConfig<"avgPool1d">;
export type AvgPool2dConfig = AvgPoolConfig<"avgPool2d">;
export type AvgPool3dConfig = AvgPoolConfig<"avgPool3d">;

/** The p-norm of each window, channel by channel: the sum for p = 1, near the largest for large p.
 *    y[n, c, q] = (sum over k of |x[n, c, q stride - before + k dilation]|^p)^(1 / p)
 *  Shapes: x (N, C, ...S) -> (N, C, ...Q). The derivative of a window of zeros is 0.
 *  @throws as maxPool.
 *  Source: Sermanet, Chintala, LeCun, "Convolutional Neural Networks Applied to House Numbers Digit Classification",
 *  2012. */
export interface LpPoolConfig<T extends LpPoolType> extends PoolOptions {
  readonly type: T;
  /** K: the size of a window on all axes, or on each */
  readonly window: PerAxis;
  /** the norm, at least 1. Default 2 */
  readonly p?: number;
}

export type LpPoolType = "lpPool1d" | "lpPool2d" | "lpPool3d";
export type LpPool1dConfig = LpPoolConfig<"lpPool1d">;
export type LpPool2dConfig = LpPoolConfig<"lpPool2d">;
export type LpPool3dConfig = LpPoolConfig<"lpPool3d">;

/** x (N, C, ...S) -> (N, C, ...P), the largest element of each window. */
export function maxPool(x: Tensor, window: PerAxis, options: PoolOptions = {}): Tensor {
  const { windows } = poolWindows("maxPool", x.shape.slice(2), window, options);
  return channelsFirst(windowMax(channelsLast(x), windows));
}

/** 1 / m for each window: one number if all are equal, else (...P, 1). m is the product of one count per axis. */
function inverseCounts({ windows, positions, padded }: PoolWindows, spatial: Shape, countIncludePad: boolean): Tensor {
  const counts = spatial.map((size, axis) => {
    const [low, high] = countIncludePad
      ? [-(windows.before[axis] as number), size + (padded[axis] as number)]
      : [0, size];
    return tapsBetween(windows, positions, axis, low, high);
  });
  const first = counts.map((axis) => axis[0] as number);
  const isUniform = counts.every((axis, index) => axis.every((count) => count === first[index]));
  if (isUniform) return tensor(1 / first.reduce((product, count) => product * count, 1));
  return counts
    .map((axis, index) =>
      tensor(axis.map((count) => 1 / count)).reshape([...spatial, 1].map((_, at) => (at === index ? -1 : 1))),
    )
    .reduce((product, axis) => product.mul(axis));
}

/** x (N, C, ...S) -> (N, C, ...P), the mean of each window. */
export function avgPool(
  x: Tensor,
  window: PerAxis,
  options: PoolOptions & { readonly countIncludePad?: boolean } = {},
): Tensor {
  const spatial = x.shape.slice(2);
  const placed = poolWindows("avgPool", spatial, window, options);
  const sums = windowSum(channelsLast(x), placed.windows);
  return channelsFirst(sums.mul(inverseCounts(placed, spatial, options.countIncludePad ?? true)));
}

/** x (N, C, ...S) -> (N, C, ...P), the p-norm of each window. */
export function lpPool(x: Tensor, window: PerAxis, options: PoolOptions & { readonly p?: number } = {}): Tensor {
  const { p = 2 } = options;
  const { windows } = poolWindows("lpPool", x.shape.slice(2), window, options);
  const last = channelsLast(x);
  const powers = p === 1 ? last.abs() : p === 2 ? last.square() : last.abs().pow(p);
  return channelsFirst(rootOf(windowSum(powers, windows), p));
}

/** s^(1 / p), with derivative 0 at 0 instead of infinity. */
function rootOf(sums: Tensor, p: number): Tensor {
  if (p === 1) return sums;
  const isZero = sums.equal(0);
  const safe = where(isZero, 1, sums);
  return where(isZero, 0, p === 2 ? safe.sqrt() : safe.pow(1 / p));
}

type AnyPool = { readonly type: string; readonly window: PerAxis } & PoolOptions;

function pooledShape(config: Resolved<AnyPool>, inputShape: Shape, rank: number): Shape {
  const { channels, spatial } = imageOf(inputShape, rank);
  return [channels, ...poolWindows(config.type, spatial, config.window, config).positions];
}

function maxPoolRule<T extends MaxPoolType>(rank: number): LayerRule<MaxPoolConfig<T>> {
  return {
    fields: poolFields(rank),
    facts: { role: "pooling", passes: "largest", unitAxis: "first" },
    outputShape: (config, inputShape) => pooledShape(config, inputShape, rank),
    apply: (config, x) => maxPool(x, config.window, config),
  };
}

function avgPoolRule<T extends AvgPoolType>(rank: number): LayerRule<AvgPoolConfig<T>> {
  return {
    fields: { ...poolFields(rank), countIncludePad: booleanField(true) },
    facts: { role: "pooling", passes: "range", unitAxis: "first" },
    outputShape: (config, inputShape) => pooledShape(config, inputShape, rank),
    apply: (config, x) => avgPool(x, config.window, config),
  };
}

function lpPoolRule<T extends LpPoolType>(rank: number): LayerRule<LpPoolConfig<T>> {
  return {
    facts: { role: "pooling", passes: "nothing", unitAxis: "first" },
    fields: { ...poolFields(rank), p: numberField(2, "a number of at least 1", (value) => value >= 1) },
    outputShape: (config, inputShape) => pooledShape(config, inputShape, rank),
    apply: (config, x) => lpPool(x, config.window, config),
  };
}

export const maxPool1dRule = maxPoolRule<"maxPool1d">(1);
export const maxPool2dRule = maxPoolRule<"maxPool2d">(2);
export const maxPool3dRule = maxPoolRule<"maxPool3d">(3);
export const avgPool1dRule = avgPoolRule<"avgPool1d">(1);
export const avgPool2dRule = avgPoolRule<"avgPool2d">(2);
export const avgPool3dRule = avgPoolRule<"avgPool3d">(3);
export const lpPool1dRule = lpPoolRule<"lpPool1d">(1);
export const lpPool2dRule = lpPoolRule<"lpPool2d">(2);
export const lpPool3dRule = lpPoolRule<"lpPool3d">(3);
