import type { Shape } from "../../core/shape.ts";
import { windowPositions } from "../../graph/primitives/windows.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { integerField, type Resolved } from "../fields.ts";
import { fansOf } from "../init/fans.ts";
import type { LayerRule } from "../layer.ts";
import { conv, type KernelOptions, kernelFields, kernelParameters } from "./conv.ts";
import { imageOf, type PerAxis, perAxis, type WindowOptions, windowsOver } from "./geometry.ts";

/** A convolution in which every channel has its own kernels and sees no other channel: a conv2d with one group per channel.
 *    y[n, o, p] = b[o] + sum over k of x[n, c, p stride - before + k dilation] weight[o, 0, k],   c = floor(o / m)
 *  A separable convolution adds a mixture of channels: `block([depthwiseConv2d(3), conv2d(filters, 1)])`.
 *  Shapes: x (N, C, H, W) -> (N, C m, ...P); weight (C m, 1, kh, kw), bias (C m,), as in PyTorch.
 *  @throws as conv2d.
 *  Source: Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2017. */
export interface DepthwiseConv2dConfig extends WindowOptions, KernelOptions {
  readonly type: "depthwiseConv2d";
  /** K: the size of the kernel on both axes, or on each */
  readonly kernel: PerAxis;
  /** m: kernels per channel. Default 1 */
  readonly multiplier?: number;
}

function partsOf(config: Resolved<DepthwiseConv2dConfig>, inputShape: Shape) {
  const { channels, spatial } = imageOf(inputShape, 2);
  const kernel = perAxis(config.kernel, 2);
  const positions = windowPositions(config.type, spatial, windowsOver(spatial, kernel, config));
  return { channels, filters: channels * config.multiplier, kernel, positions };
}

export const depthwiseConv2dRule: LayerRule<DepthwiseConv2dConfig> = {
  facts: { role: "sum", passes: "nothing", unitAxis: "first" },
  fields: { ...kernelFields(2), multiplier: integerField(1, 1) },
  outputShape: (config, inputShape) => {
    const { filters, positions } = partsOf(config, inputShape);
    return [filters, ...positions];
  },
  parameters: (config, inputShape) => {
    const { channels, filters, kernel } = partsOf(config, inputShape);
    const shape = [filters, 1, ...kernel];
    return kernelParameters(shape, fansOf(shape, { groups: channels }), filters, config);
  },
  apply: (config, x, { parameters }) =>
    conv(x, parameters.weight as Tensor, parameters.bias, { ...config, groups: x.shape[1] as number }),
};
