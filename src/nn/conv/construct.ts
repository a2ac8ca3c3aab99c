import type { Conv1dConfig, Conv2dConfig, Conv3dConfig } from "./conv.ts";
import type { PerAxis } from "./geometry.ts";
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

// Short ways to write layers on channels and spatial axes, as in ../construct.ts, which hands them out.

/** A constructor of layers with filters and a kernel. */
function withKernel<C extends { readonly type: string; readonly filters: number; readonly kernel: PerAxis }>(
  type: C["type"],
): (filters: number, kernel: PerAxis, options?: Omit<C, "type" | "filters" | "kernel">) => C {
  return (filters, kernel, options) => ({ ...options, type, filters, kernel }) as unknown as C;
}

/** A constructor of layers with a window. */
function withWindow<C extends { readonly type: string; readonly window: PerAxis }>(
  type: C["type"],
): (window: PerAxis, options?: Omit<C, "type" | "window">) => C {
  return (window, options) => ({ ...options, type, window }) as unknown as C;
}

export const conv1d = withKernel<Conv1dConfig>("conv1d");
export const conv2d = withKernel<Conv2dConfig>("conv2d");
export const conv3d = withKernel<Conv3dConfig>("conv3d");

export const maxPool1d = withWindow<MaxPool1dConfig>("maxPool1d");
export const maxPool2d = withWindow<MaxPool2dConfig>("maxPool2d");
export const maxPool3d = withWindow<MaxPool3dConfig>("maxPool3d");
export const avgPool1d = withWindow<AvgPool1dConfig>("avgPool1d");
export const avgPool2d = withWindow<AvgPool2dConfig>("avgPool2d");
export const avgPool3d = withWindow<AvgPool3dConfig>("avgPool3d");
export const lpPool1d = withWindow<LpPool1dConfig>("lpPool1d");
export const lpPool2d = withWindow<LpPool2dConfig>("lpPool2d");
export const lpPool3d = withWindow<LpPool3dConfig>("lpPool3d");
