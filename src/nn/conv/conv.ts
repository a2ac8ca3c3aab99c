import { requireArgument } from "../../core/errors.ts";
import { COUNT, required } from "../../core/fields.ts";
import type { Shape } from "../../core/shape.ts";
import { windowPositions } from "../../graph/primitives/windows.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { convolve } from "../../tensor/windows.ts";
import { booleanField, type Fields, integerField, type Resolved } from "../fields.ts";
import { type Fans, fansOf } from "../init/fans.ts";
import { type InitInput, initField } from "../init/init.ts";
import type { LayerRule, ParameterSpec } from "../layer.ts";
import {
  imageOf,
  type PerAxis,
  paddingField,
  perAxis,
  perAxisField,
  type WindowOptions,
  windowsOver,
} from "./geometry.ts";
import { channelsFirst, channelsLast, kernelFirst } from "./layout.ts";

/** The learned arrays of a layer with a kernel. */
export interface KernelOptions {
  /** whether b is learned. Default true */
  readonly bias?: boolean;
  /** initialiser of the weight. Default "auto": depends on the activation that follows */
  readonly init?: InitInput;
  /** initialiser of the bias. Default "zeros" */
  readonly biasInit?: InitInput;
}

/** A convolution (cross-correlation) over one, two or three spatial axes.
 *    y[n, o, p] = b[o] + sum over c, k of x[n, c, p stride - before + k dilation] weight[o, c, k]
 *    P = floor((S + before + after - dilation (K - 1) - 1) / stride) + 1                 positions on each axis
 *  With groups, channels and filters are split into that number of parts, and each part of the filters sees its part of
 *  the channels.
 *  Shapes: x (N, C, ...S) -> (N, O, ...P); weight (O, C / groups, ...K), bias (O,), as in PyTorch. Padding counts as 0.
 *  Initial values: fan-in C K / groups and fan-out O K / groups, K the elements of the kernel.
 *  @throws `shape-mismatch` if the kernel is larger than the padded input; `bad-argument` for another number of axes
 *    and for groups that do not divide channels and filters.
 *  Source: LeCun, Boser et al., "Backpropagation Applied to Handwritten Zip Code Recognition", 1989; groups:
 *  Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012; dilation: Yu
 *  & Koltun, 2016. */
export interface ConvConfig<T extends ConvType> extends WindowOptions, KernelOptions {
  readonly type: T;
  /** outputs O, at least 1 */
  readonly filters: number;
  /** K: the size of the kernel on all axes, or on each */
  readonly kernel: PerAxis;
  /** Default 1 */
  readonly groups?: number;
}

export type ConvType = "conv1d" | "conv2d" | "conv3d";
export type Conv1dConfig = ConvConfig<"conv1d">;
export type Conv2dConfig = ConvConfig<"conv2d">;
export type Conv3dConfig = ConvConfig<"conv3d">;

/** Fields that all layers with a kernel share. */
export function kernelFields(rank: number): Fields<{ readonly kernel: PerAxis } & WindowOptions & KernelOptions> {
  return {
    kernel: required(perAxisField(rank, 1)),
    stride: perAxisField(rank, 1, 1),
    padding: paddingField(rank),
    dilation: perAxisField(rank, 1, 1),
    bias: booleanField(true),
    init: initField("auto"),
    biasInit: initField("zeros"),
  };
}

/** weight and, if it is learned, bias. */
export function kernelParameters(
  shape: Shape,
  fans: Fans,
  outputs: number,
  { bias, init, biasInit }: Required<KernelOptions>,
): Readonly<Record<string, ParameterSpec>> {
  return {
    weight: { shape, init, fans },
    ...(bias ? { bias: { shape: [outputs], init: biasInit, fans } } : {}),
  };
}

/** @throws `bad-argument` unless groups divides channels and filters. */
export function requireGroups(groups: number, channels: number, filters: number): void {
  requireArgument(
    channels % groups === 0 && filters % groups === 0,
    `groups must divide the ${channels} input channels and the ${filters} filters, got ${groups}.`,
    { groups, channels, filters },
  );
}

/** x (N, C, ...S), weight (O, C / groups, ...K), bias (O,) or none -> (N, O, ...P); options as in the layers. */
export function conv(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: WindowOptions & { readonly groups?: number } = {},
): Tensor {
  const windows = windowsOver(x.shape.slice(2), weight.shape.slice(2), options);
  const product = convolve(channelsLast(x), kernelFirst(weight), { ...windows, groups: options.groups ?? 1 });
  return channelsFirst(bias === undefined ? product : product.add(bias));
}

function convRule<T extends ConvType>(type: T, rank: number): LayerRule<ConvConfig<T>> {
  const parts = (config: Resolved<ConvConfig<T>>, inputShape: Shape) => {
    const { channels, spatial } = imageOf(inputShape, rank);
    const kernel = perAxis(config.kernel, rank);
    requireGroups(config.groups, channels, config.filters);
    return { channels, kernel, positions: windowPositions(type, spatial, windowsOver(spatial, kernel, config)) };
  };
  return {
    facts: { role: "sum", passes: "nothing", unitAxis: "first" },
    fields: { filters: required(COUNT), ...kernelFields(rank), groups: integerField(1, 1) },
    outputShape: (config, inputShape) => [config.filters, ...parts(config, inputShape).positions],
    parameters: (config, inputShape) => {
      const { channels, kernel } = parts(config, inputShape);
      const { filters, groups } = config;
      const shape = [filters, channels / groups, ...kernel];
      return kernelParameters(shape, fansOf(shape, { groups }), filters, config);
    },
    apply: (config, x, { parameters }) => conv(x, parameters.weight as Tensor, parameters.bias, config),
  };
}

export const conv1dRule = convRule("conv1d", 1);
export const conv2dRule = convRule("conv2d", 2);
export const conv3dRule = convRule("conv3d", 3);
