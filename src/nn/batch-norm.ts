import { requireArgument } from "../core/errors.ts";
import { either, FRACTION, oneOf, withDefault } from "../core/fields.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { type Tensor, toTensor } from "../tensor/tensor.ts";
import { booleanField, choiceField, type Field, positiveField, type Resolved } from "./fields.ts";
import type { LayerResult, LayerRule, LayerScope } from "./layer.ts";

/** Batch normalisation: scales each channel to mean 0 and variance 1 over the batch, then applies a learned weight and bias.
 *    y = (x - mean) / sqrt(var + epsilon) * weight + bias           mean, var over the batch and all axes but axis 1
 *    runningMean     <- decay runningMean     + (1 - decay) mean
 *    runningVariance <- decay runningVariance + (1 - decay) var m / (m - 1)        m numbers in each mean
 *  Shapes: (N, C), (N, C, L), (N, C, H, W) or (N, C, D, H, W); weight, bias, runningMean, runningVariance (C,).
 *  Training uses the statistics of the batch (var is the population variance), prediction the running ones.
 *  @throws `bad-argument` when training on one number per channel, which has no variance.
 *  Source: Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training", 2015. */
export interface BatchNormConfig {
  readonly type: "batchNorm";
  /** default 1e-5 */
  readonly epsilon?: number;
  /** weight of the old value in the running averages, or "cumulative" for the plain mean over all batches so far.
   *  Default 0.9 (PyTorch's momentum 0.1 is the weight of the new value) */
  readonly decay?: number | "cumulative";
  /** "unbiased" (as in the paper) or "population" (as in Keras). Default "unbiased" */
  readonly runningVariance?: "unbiased" | "population";
  /** whether weight and bias are learned. Default true */
  readonly affine?: boolean;
}

const decayField: Field<number | "cumulative"> = withDefault(either(FRACTION, oneOf("cumulative")), 0.9);

function channelsOf(inputShape: Shape): number {
  requireArgument(
    inputShape.length >= 1 && inputShape.length <= 4,
    `expects (features) or channels with one to three spatial axes, as (channels, height, width), got ${inputShape.length} axes.`,
    { inputShape },
  );
  return inputShape[0] as number;
}

/** The statistics of a batch, one per channel, shaped (1, C, 1, …). */
function batchStatistics(x: Tensor): {
  readonly mean: Tensor;
  readonly centred: Tensor;
  readonly variance: Tensor;
  readonly count: number;
} {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const count = sizeOf(axes.map((axis) => x.shape[axis] as number));
  requireArgument(
    count > 1,
    `training needs more than one number per channel to have a variance, got a batch of ${x.shape[0]}. Use a larger batch, or drop the last, smaller one.`,
    { shape: x.shape },
  );
  const mean = x.mean(axes, true);
  const centred = x.sub(mean);
  return { mean, centred, variance: centred.square().mean(axes, true), count };
}

/** The running averages after one more batch. */
function updateRunning(
  config: Resolved<BatchNormConfig>,
  buffers: LayerScope["buffers"],
  mean: Tensor,
  variance: Tensor,
  count: number,
): Readonly<Record<string, Tensor>> {
  const { decay, runningVariance } = config;
  const estimate = runningVariance === "unbiased" ? variance.mul(count / (count - 1)) : variance;
  const batches = (buffers.count as Tensor | undefined)?.add(1);
  // old + (new - old) share,   share = 1 - decay or 1 / batches
  const share =
    batches === undefined || decay !== "cumulative"
      ? toTensor(1 - (decay as number))
      : toTensor(1).div(batches.cast("float32"));
  const blend = (old: Tensor, fresh: Tensor) => old.add(fresh.reshape(old.shape).stopGradient().sub(old).mul(share));
  return {
    runningMean: blend(buffers.runningMean as Tensor, mean),
    runningVariance: blend(buffers.runningVariance as Tensor, estimate),
    ...(batches === undefined ? {} : { count: batches }),
  };
}

export const batchNormRule: LayerRule<BatchNormConfig> = {
  fields: {
    epsilon: positiveField(1e-5),
    decay: decayField,
    runningVariance: choiceField(["unbiased", "population"], "unbiased"),
    affine: booleanField(true),
  },
  facts: { role: "normalization", over: "batch", passes: "signal", unitAxis: "input" },
  parameters: ({ affine }, inputShape) => {
    const shape = [channelsOf(inputShape)];
    return affine ? { weight: { shape, init: "ones" }, bias: { shape, init: "zeros" } } : {};
  },
  buffers: ({ decay }, inputShape) => {
    const shape = [channelsOf(inputShape)];
    return {
      runningMean: { shape, dtype: "float32", value: 0 },
      runningVariance: { shape, dtype: "float32", value: 1 },
      ...(decay === "cumulative" ? { count: { shape: [], dtype: "int32", value: 0 } } : {}),
    };
  },
  apply: (config, x, { training, parameters, buffers }) => {
    const aligned = x.shape.map((size, axis) => (axis === 1 ? size : 1));
    const normalize = (centred: Tensor, variance: Tensor): Tensor => {
      const deviation = variance.reshape(aligned).add(config.epsilon).sqrt();
      // one factor per channel, then one multiply-add per element
      const scale = config.affine
        ? (parameters.weight as Tensor).reshape(aligned).div(deviation)
        : toTensor(1).div(deviation);
      const scaled = centred.mul(scale);
      return config.affine ? scaled.add((parameters.bias as Tensor).reshape(aligned)) : scaled;
    };
    if (!training) {
      return normalize(x.sub((buffers.runningMean as Tensor).reshape(aligned)), buffers.runningVariance as Tensor);
    }
    const { mean, centred, variance, count } = batchStatistics(x);
    const result: LayerResult = {
      output: normalize(centred, variance),
      buffers: updateRunning(config, buffers, mean, variance, count),
    };
    return result;
  },
};
