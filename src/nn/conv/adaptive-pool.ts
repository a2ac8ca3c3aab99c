import { largest } from "../../core/extremes.ts";
import { required } from "../../core/fields.ts";
import type { Shape } from "../../core/shape.ts";
import { tensor } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LayerRule } from "../layer.ts";
import { imageOf, type PerAxis, perAxis, perAxisField } from "./geometry.ts";
import { globalAvgPool, globalMaxPool } from "./global-pool.ts";
import { multiplyAxis, sparseMatrix } from "./lines.ts";
import { avgPool, maxPool } from "./pool.ts";

/** The mean of each of n bins per axis, for any size of the input.
 *    bin i of n on an axis of size S:   floor(i S / n) <= s < ceil((i + 1) S / n)
 *  Bins overlap if n does not divide S. The rule is PyTorch's.
 *  Shapes: x (N, C, ...S) -> (N, C, ...size).
 *  Source: He, Zhang, Ren, Sun, "Spatial Pyramid Pooling in Deep Convolutional Networks", 2014. */
export interface AdaptiveAvgPoolConfig<T extends AdaptiveAvgPoolType> {
  readonly type: T;
  /** bins n on all axes, or on each */
  readonly size: PerAxis;
}

export type AdaptiveAvgPoolType = "adaptiveAvgPool1d" | "adaptiveAvgPool2d";
export type AdaptiveAvgPool1dConfig = AdaptiveAvgPoolConfig<"adaptiveAvgPool1d">;
export type AdaptiveAvgPool2dConfig = AdaptiveAvgPoolConfig<"adaptiveAvgPool2d">;

/** The largest element of each of n bins per axis; the bins are those of adaptiveAvgPool.
 *  Shapes: x (N, C, ...S) -> (N, C, ...size). */
export interface AdaptiveMaxPoolConfig<T extends AdaptiveMaxPoolType> {
  readonly type: T;
  /** bins n on all axes, or on each */
  readonly size: PerAxis;
}

export type AdaptiveMaxPoolType = "adaptiveMaxPool1d" | "adaptiveMaxPool2d";
export type AdaptiveMaxPool1dConfig = AdaptiveMaxPoolConfig<"adaptiveMaxPool1d">;
export type AdaptiveMaxPool2dConfig = AdaptiveMaxPoolConfig<"adaptiveMaxPool2d">;

interface Bin {
  readonly start: number;
  readonly end: number;
}

function binsOf(length: number, count: number): readonly Bin[] {
  return Array.from({ length: count }, (_, index) => ({
    start: Math.floor((index * length) / count),
    end: Math.ceil(((index + 1) * length) / count),
  }));
}

/** The windows that equal the bins, if n divides S on every axis. */
function equalWindows(spatial: Shape, size: Shape): Shape | undefined {
  const windows = spatial.map((length, axis) => length / (size[axis] as number));
  return windows.every(Number.isInteger) ? windows : undefined;
}

function eachAxis(x: Tensor, size: Shape, pool: (x: Tensor, axis: number, bins: readonly Bin[]) => Tensor): Tensor {
  return size.reduce((pooled, count, index) => pool(pooled, index + 2, binsOf(x.shape[index + 2] as number, count)), x);
}

/** A mean over a box is a mean of means: one matrix product per axis. */
function averageBins(x: Tensor, axis: number, bins: readonly Bin[]): Tensor {
  const rows = bins.map(({ start, end }) =>
    Array.from({ length: end - start }, (_, index) => ({ at: start + index, weight: 1 / (end - start) })),
  );
  return multiplyAxis(x, axis, sparseMatrix(x.shape[axis] as number, rows));
}

/** Bins as columns of one length: a shorter bin repeats its last element. */
function largestOfBins(x: Tensor, axis: number, bins: readonly Bin[]): Tensor {
  const width = largest(bins.map(({ start, end }) => end - start));
  const indices = bins.map(({ start, end }) =>
    Array.from({ length: width }, (_, index) => Math.min(start + index, end - 1)),
  );
  const order = [axis, ...x.shape.map((_, at) => at).filter((at) => at !== axis)];
  const inverse = x.shape.map((_, at) => order.indexOf(at));
  return x.transpose(order).gather(tensor(indices, "int32")).max(1).transpose(inverse);
}

/** x (N, C, ...S) -> (N, C, ...size), the mean of each bin. */
export function adaptiveAvgPool(x: Tensor, size: PerAxis): Tensor {
  const spatial = x.shape.slice(2);
  const counts = perAxis(size, spatial.length);
  if (counts.every((count) => count === 1)) return globalAvgPool(x, true);
  const windows = equalWindows(spatial, counts);
  return windows === undefined ? eachAxis(x, counts, averageBins) : avgPool(x, windows);
}

/** x (N, C, ...S) -> (N, C, ...size), the largest element of each bin. */
export function adaptiveMaxPool(x: Tensor, size: PerAxis): Tensor {
  const spatial = x.shape.slice(2);
  const counts = perAxis(size, spatial.length);
  if (counts.every((count) => count === 1)) return globalMaxPool(x, true);
  const windows = equalWindows(spatial, counts);
  return windows === undefined ? eachAxis(x, counts, largestOfBins) : maxPool(x, windows);
}

function adaptiveRule<T extends AdaptiveAvgPoolType | AdaptiveMaxPoolType>(
  rank: number,
  passes: "range" | "largest",
  pool: (x: Tensor, size: PerAxis) => Tensor,
): LayerRule<{ readonly type: T; readonly size: PerAxis }> {
  return {
    fields: { size: required(perAxisField(rank, 1)) },
    facts: { role: "pooling", passes, unitAxis: "first" },
    outputShape: ({ size }, inputShape) => [imageOf(inputShape, rank).channels, ...perAxis(size, rank)],
    apply: ({ size }, x) => pool(x, size),
  };
}

export const adaptiveAvgPool1dRule = adaptiveRule<"adaptiveAvgPool1d">(1, "range", adaptiveAvgPool);
export const adaptiveAvgPool2dRule = adaptiveRule<"adaptiveAvgPool2d">(2, "range", adaptiveAvgPool);
export const adaptiveMaxPool1dRule = adaptiveRule<"adaptiveMaxPool1d">(1, "largest", adaptiveMaxPool);
export const adaptiveMaxPool2dRule = adaptiveRule<"adaptiveMaxPool2d">(2, "largest", adaptiveMaxPool);
