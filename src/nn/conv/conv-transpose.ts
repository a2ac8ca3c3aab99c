import { GradusError, requireArgument } from "../../core/errors.ts";
import { COUNT, required } from "../../core/fields.ts";
import { formatShape, type Shape, sizeOf } from "../../core/shape.ts";
import type { WindowAttributes } from "../../graph/node.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { convolveTransposed } from "../../tensor/windows.ts";
import { integerField, type Resolved } from "../fields.ts";
import type { LayerRule } from "../layer.ts";
import { type KernelOptions, kernelFields, kernelParameters, requireGroups } from "./conv.ts";
import {
  extentOf,
  givenPadding,
  halves,
  imageOf,
  type PerAxis,
  perAxis,
  perAxisField,
  type WindowOptions,
} from "./geometry.ts";
import { channelsFirst, channelsLast, kernelFirst } from "./layout.ts";

/** A transposed convolution, the adjoint of `conv` in its input: every element adds its multiple of the kernel.
 *    y[n, o, p stride - before + k dilation] += x[n, c, p] weight[c, o, k],   then b[o] everywhere
 *    S = (P - 1) stride - before - after + dilation (K - 1) + outputPadding + 1     sizes of the output from the input's
 *  Shapes: x (N, C, ...P) -> (N, O, ...S); weight (C, O / groups, ...K), bias (O,), as in PyTorch. Padding is cropped
 *  from the output; with "same" the output has stride times the size of the input.
 *  Initial values: fan-in C K / groups and fan-out O K / groups, K the elements of the kernel (PyTorch takes fan-out for
 *  fan-in here).
 *  @throws `shape-mismatch` if padding removes the whole output; `bad-argument` for another number of axes,
 *    groups that do not divide channels and filters, and output padding that is not smaller than the stride.
 *  Source: Zeiler, Krishnan, Taylor, Fergus, "Deconvolutional Networks", 2010; Dumoulin & Visin, "A Guide to
 *  Convolution Arithmetic for Deep Learning", 2016. */
export interface ConvTransposeConfig<T extends ConvTransposeType> extends WindowOptions, KernelOptions {
  readonly type: T;
  /** outputs O, at least 1 */
  readonly filters: number;
  /** K: the size of the kernel on all axes, or on each */
  readonly kernel: PerAxis;
  /** further outputs at the end of each axis, fewer than the stride: selects one of the sizes that a convolution with
   *  this stride turns into P. Default 0 */
  readonly outputPadding?: PerAxis;
  /** Default 1 */
  readonly groups?: number;
}

export type ConvTransposeType = "convTranspose1d" | "convTranspose2d" | "convTranspose3d";
export type ConvTranspose1dConfig = ConvTransposeConfig<"convTranspose1d">;
export type ConvTranspose2dConfig = ConvTransposeConfig<"convTranspose2d">;
export type ConvTranspose3dConfig = ConvTransposeConfig<"convTranspose3d">;

interface TransposeOptions extends WindowOptions {
  readonly outputPadding?: PerAxis;
}

/** One axis: the padding of the convolution whose adjoint this is, and the size of its input. */
function axisOf(positions: number, kernel: number, axis: number, rank: number, options: TransposeOptions) {
  const { padding = "valid" } = options;
  const [stride, dilation, extra] = [options.stride ?? 1, options.dilation ?? 1, options.outputPadding ?? 0].map(
    (value) => perAxis(value, rank)[axis] as number,
  ) as [number, number, number];
  requireArgument(
    extra < stride,
    `outputPadding must be smaller than the stride, got ${extra} with stride ${stride}.`,
    {
      outputPadding: extra,
      stride,
    },
  );
  requireArgument(
    padding !== "same" || extra === 0,
    `outputPadding has no effect with padding "same", which makes the output ${stride} times as large; got ${extra}. Leave one out.`,
    { outputPadding: extra, padding },
  );
  const extent = extentOf(kernel, dilation);
  const [before, cut] = padding === "same" ? halves(Math.max(0, extent - stride)) : givenPadding(padding, axis);
  const size = padding === "same" ? positions * stride : (positions - 1) * stride + extent - before - cut + extra;
  // as much as the last window needs. There are then exactly P windows, because less than a stride remains
  const after = Math.max(0, (positions - 1) * stride + extent - before - size);
  return { stride, dilation, before, after, size };
}

/** The window positions of the convolution whose adjoint this is, and the sizes of the output. */
function transposedWindows(
  positions: Shape,
  kernel: Shape,
  options: TransposeOptions,
): WindowAttributes & { readonly size: Shape } {
  const axes = positions.map((count, axis) => axisOf(count, kernel[axis] as number, axis, positions.length, options));
  const size = axes.map((axis) => axis.size);
  if (size.some((length) => length < 1)) {
    throw new GradusError(
      "shape-mismatch",
      `an input ${formatShape(positions)} with a kernel of ${formatShape(kernel)} and this padding leaves an output of ${formatShape(size)}. Use less padding, or a larger kernel.`,
      { positions, kernel, size },
    );
  }
  const each = (name: "stride" | "dilation" | "before" | "after") => axes.map((axis) => axis[name]);
  const [stride, dilation, before, after] = [each("stride"), each("dilation"), each("before"), each("after")];
  return { window: kernel, stride, dilation, before, after, size };
}

/** x (N, C, ...P), weight (C, O / groups, ...K), bias (O,) or none -> (N, O, ...S); options as in the layers. */
export function convTranspose(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: TransposeOptions & { readonly groups?: number } = {},
): Tensor {
  const windows = transposedWindows(x.shape.slice(2), weight.shape.slice(2), options);
  const product = convolveTransposed(channelsLast(x), kernelFirst(weight), { ...windows, groups: options.groups ?? 1 });
  return channelsFirst(bias === undefined ? product : product.add(bias));
}

function convTransposeRule<T extends ConvTransposeType>(rank: number): LayerRule<ConvTransposeConfig<T>> {
  const parts = (config: Resolved<ConvTransposeConfig<T>>, inputShape: Shape) => {
    const { channels, spatial } = imageOf(inputShape, rank);
    const kernel = perAxis(config.kernel, rank);
    requireGroups(config.groups, channels, config.filters);
    return { channels, kernel, size: transposedWindows(spatial, kernel, config).size };
  };
  return {
    facts: { role: "sum", passes: "nothing", unitAxis: "first" },
    fields: {
      filters: required(COUNT),
      ...kernelFields(rank),
      outputPadding: perAxisField(rank, 0, 0),
      groups: integerField(1, 1),
    },
    outputShape: (config, inputShape) => [config.filters, ...parts(config, inputShape).size],
    parameters: (config, inputShape) => {
      const { channels, kernel } = parts(config, inputShape);
      const { filters, groups } = config;
      const area = sizeOf(kernel);
      const fans = { fanIn: (channels / groups) * area, fanOut: (filters / groups) * area };
      return kernelParameters([channels, filters / groups, ...kernel], fans, filters, config);
    },
    apply: (config, x, { parameters }) => convTranspose(x, parameters.weight as Tensor, parameters.bias, config),
  };
}

export const convTranspose1dRule = convTransposeRule<"convTranspose1d">(1);
export const convTranspose2dRule = convTransposeRule<"convTranspose2d">(2);
export const convTranspose3dRule = convTransposeRule<"convTranspose3d">(3);
