import type { LayerRule } from "../layer.ts";
import { type Conv1dConfig, type Conv2dConfig, type Conv3dConfig, conv1dRule, conv2dRule, conv3dRule } from "./conv.ts";
import {
  type AvgPool1dConfig,
  type AvgPool2dConfig,
  type AvgPool3dConfig,
  avgPool1dRule,
  avgPool2dRule,
  avgPool3dRule,
  type LpPool1dConfig,
  type LpPool2dConfig,
  type LpPool3dConfig,
  lpPool1dRule,
  lpPool2dRule,
  lpPool3dRule,
  type MaxPool1dConfig,
  type MaxPool2dConfig,
  type MaxPool3dConfig,
  maxPool1dRule,
  maxPool2dRule,
  maxPool3dRule,
} from "./pool.ts";

/** A layer that works on channels and spatial axes, as data. */
export type SpatialConfig =
  | Conv1dConfig
  | Conv2dConfig
  | Conv3dConfig
  | MaxPool1dConfig
  | MaxPool2dConfig
  | MaxPool3dConfig
  | AvgPool1dConfig
  | AvgPool2dConfig
  | AvgPool3dConfig
  | LpPool1dConfig
  | LpPool2dConfig
  | LpPool3dConfig;

export type SpatialType = SpatialConfig["type"];

/** Every such layer. A type without an entry does not compile. */
export const SPATIAL_LAYERS: { readonly [T in SpatialType]: LayerRule<Extract<SpatialConfig, { readonly type: T }>> } =
  {
    conv1d: conv1dRule,
    conv2d: conv2dRule,
    conv3d: conv3dRule,
    maxPool1d: maxPool1dRule,
    maxPool2d: maxPool2dRule,
    maxPool3d: maxPool3dRule,
    avgPool1d: avgPool1dRule,
    avgPool2d: avgPool2dRule,
    avgPool3d: avgPool3dRule,
    lpPool1d: lpPool1dRule,
    lpPool2d: lpPool2dRule,
    lpPool3d: lpPool3dRule,
  };
