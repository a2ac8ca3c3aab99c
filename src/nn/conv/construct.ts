import type { GroupNormConfig } from "../group-norm.ts";
import type { InstanceNormConfig } from "../instance-norm.ts";
import { layerOf } from "../layer-of.ts";
import type { LocalResponseNormConfig } from "../local-response-norm.ts";
import type {
  AdaptiveAvgPool1dConfig,
  AdaptiveAvgPool2dConfig,
  AdaptiveMaxPool1dConfig,
  AdaptiveMaxPool2dConfig,
} from "./adaptive-pool.ts";
import type { Conv1dConfig, Conv2dConfig, Conv3dConfig } from "./conv.ts";
import type { ConvTranspose1dConfig, ConvTranspose2dConfig, ConvTranspose3dConfig } from "./conv-transpose.ts";
import type { DepthwiseConv2dConfig } from "./depthwise.ts";
import type { PerAxis } from "./geometry.ts";
import type { GlobalAvgPoolConfig, GlobalMaxPoolConfig } from "./global-pool.ts";
import type { ZeroPaddingConfig } from "./padding.ts";
import type {
  AvgPool1dConfig,
  AvgPool2dConfig,
  AvgPool3dConfig,
  LpPool1dConfig,
  LpPool2dConfig,
  LpPool3dConfig,
  MaxPool1dConfig,
  MaxPool2dConfig,
  MaxPool3dConfig,
} from "./pool.ts";
import type { SpatialDropoutConfig } from "./spatial-dropout.ts";
import type { UpsamplingConfig } from "./upsampling.ts";

// Short ways to write layers on channels and spatial axes, as in ../construct.ts, which exports them.

/** A constructor of layers with filters and a kernel. */
function withKernel<C extends { readonly type: string; readonly filters: number; readonly kernel: PerAxis }>(
  type: C["type"],
): (filters: number, kernel: PerAxis, options?: Omit<C, "type" | "filters" | "kernel">) => C {
  return (filters, kernel, options) => layerOf<C>(type, { filters, kernel }, options);
}

/** A constructor of layers with one field given by position. */
function withOne<C extends { readonly type: string }, K extends Exclude<keyof C, "type">>(
  type: C["type"],
  name: K,
): (value: C[K], options?: Omit<C, "type" | K>) => C {
  return (value, options) => layerOf<C>(type, { [name]: value }, options);
}

/** A constructor of layers whose fields all have defaults. */
function plain<C extends { readonly type: string }>(type: C["type"]): (options?: Omit<C, "type">) => C {
  return (options) => layerOf<C>(type, {}, options);
}

/** Convolution with the given number of filters and size of kernel: (N, C, L) -> (N, filters, L'). */
export const conv1d = withKernel<Conv1dConfig>("conv1d");
/** Convolution with the given number of filters and size of kernel: (N, C, H, W) -> (N, filters, H', W'). */
export const conv2d = withKernel<Conv2dConfig>("conv2d");
/** Convolution with the given number of filters and size of kernel: (N, C, D, H, W) -> (N, filters, D', H', W'). */
export const conv3d = withKernel<Conv3dConfig>("conv3d");

/** Transposed convolution, which reverses the shapes of `conv1d`: (N, C, L) -> (N, filters, L'). */
export const convTranspose1d = withKernel<ConvTranspose1dConfig>("convTranspose1d");
/** Transposed convolution, which reverses the shapes of `conv2d`: (N, C, H, W) -> (N, filters, H', W'). */
export const convTranspose2d = withKernel<ConvTranspose2dConfig>("convTranspose2d");
/** Transposed convolution, which reverses the shapes of `conv3d`: (N, C, D, H, W) -> (N, filters, D', H', W'). */
export const convTranspose3d = withKernel<ConvTranspose3dConfig>("convTranspose3d");
/** Separate kernels for every channel: (N, C, H, W) -> (N, C multiplier, H', W'). */
export const depthwiseConv2d = withOne<DepthwiseConv2dConfig, "kernel">("depthwiseConv2d", "kernel");

/** The largest element of each window; stride is the window by default: (N, C, L) -> (N, C, L'). */
export const maxPool1d = withOne<MaxPool1dConfig, "window">("maxPool1d", "window");
/** The largest element of each window; stride is the window by default: (N, C, H, W) -> (N, C, H', W'). */
export const maxPool2d = withOne<MaxPool2dConfig, "window">("maxPool2d", "window");
/** The largest element of each window; stride is the window by default: (N, C, D, H, W) -> (N, C, D', H', W'). */
export const maxPool3d = withOne<MaxPool3dConfig, "window">("maxPool3d", "window");
/** The mean of each window; stride is the window by default: (N, C, L) -> (N, C, L'). */
export const avgPool1d = withOne<AvgPool1dConfig, "window">("avgPool1d", "window");
/** The mean of each window; stride is the window by default: (N, C, H, W) -> (N, C, H', W'). */
export const avgPool2d = withOne<AvgPool2dConfig, "window">("avgPool2d", "window");
/** The mean of each window; stride is the window by default: (N, C, D, H, W) -> (N, C, D', H', W'). */
export const avgPool3d = withOne<AvgPool3dConfig, "window">("avgPool3d", "window");
/** The p-norm of each window (p = 2); stride is the window by default: (N, C, L) -> (N, C, L'). */
export const lpPool1d = withOne<LpPool1dConfig, "window">("lpPool1d", "window");
/** The p-norm of each window (p = 2); stride is the window by default: (N, C, H, W) -> (N, C, H', W'). */
export const lpPool2d = withOne<LpPool2dConfig, "window">("lpPool2d", "window");
/** The p-norm of each window (p = 2); stride is the window by default: (N, C, D, H, W) -> (N, C, D', H', W'). */
export const lpPool3d = withOne<LpPool3dConfig, "window">("lpPool3d", "window");

/** The mean of each channel: (N, C, …) -> (N, C). */
export const globalAvgPool = plain<GlobalAvgPoolConfig>("globalAvgPool");
/** The largest element of each channel: (N, C, …) -> (N, C). */
export const globalMaxPool = plain<GlobalMaxPoolConfig>("globalMaxPool");
/** The mean of each of `size` bins on each axis: (N, C, L) -> (N, C, size). */
export const adaptiveAvgPool1d = withOne<AdaptiveAvgPool1dConfig, "size">("adaptiveAvgPool1d", "size");
/** The mean of each of `size` bins on each axis: (N, C, H, W) -> (N, C, size, size). */
export const adaptiveAvgPool2d = withOne<AdaptiveAvgPool2dConfig, "size">("adaptiveAvgPool2d", "size");
/** The largest element of each of `size` bins on each axis: (N, C, L) -> (N, C, size). */
export const adaptiveMaxPool1d = withOne<AdaptiveMaxPool1dConfig, "size">("adaptiveMaxPool1d", "size");
/** The largest element of each of `size` bins on each axis: (N, C, H, W) -> (N, C, size, size). */
export const adaptiveMaxPool2d = withOne<AdaptiveMaxPool2dConfig, "size">("adaptiveMaxPool2d", "size");

/** Scales each group of channels of each sample to mean 0 and variance 1, then applies a learned scale and shift per channel. */
export const groupNorm = withOne<GroupNormConfig, "groups">("groupNorm", "groups");
/** Scales each channel of each sample to mean 0 and variance 1, then applies a learned scale and shift per channel. */
export const instanceNorm = plain<InstanceNormConfig>("instanceNorm");
/** Divides each number by a power of the sum of squares in the `size` channels around it. */
export const localResponseNorm = withOne<LocalResponseNormConfig, "size">("localResponseNorm", "size");
/** Sets a share of the channels to 0 during training. */
export const spatialDropout = withOne<SpatialDropoutConfig, "rate">("spatialDropout", "rate");
/** Adds zeros around each channel: (N, C, …) -> (N, C, larger sizes). */
export const zeroPadding = withOne<ZeroPaddingConfig, "padding">("zeroPadding", "padding");
/** Enlarges each channel by an integer factor, nearest by default: (N, C, H, W) -> (N, C, factor H, factor W). */
export const upsampling = withOne<UpsamplingConfig, "factor">("upsampling", "factor");
