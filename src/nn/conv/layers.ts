import { type GroupNormConfig, groupNormRule } from "../group-norm.ts";
import { type InstanceNormConfig, instanceNormRule } from "../instance-norm.ts";
import type { LayerRule } from "../layer.ts";
import { type LocalResponseNormConfig, localResponseNormRule } from "../local-response-norm.ts";
import {
  type AdaptiveAvgPool1dConfig,
  type AdaptiveAvgPool2dConfig,
  type AdaptiveMaxPool1dConfig,
  type AdaptiveMaxPool2dConfig,
  adaptiveAvgPool1dRule,
  adaptiveAvgPool2dRule,
  adaptiveMaxPool1dRule,
  adaptiveMaxPool2dRule,
} from "./adaptive-pool.ts";
import { type Conv1dConfig, type Conv2dConfig, type Conv3dConfig, conv1dRule, conv2dRule, conv3dRule } from "./conv.ts";
import {
  type ConvTranspose1dConfig,
  type ConvTranspose2dConfig,
  type ConvTranspose3dConfig,
  convTranspose1dRule,
  convTranspose2dRule,
  convTranspose3dRule,
} from "./conv-transpose.ts";
import { type DepthwiseConv2dConfig, depthwiseConv2dRule } from "./depthwise.ts";
import {
  type GlobalAvgPoolConfig,
  type GlobalMaxPoolConfig,
  globalAvgPoolRule,
  globalMaxPoolRule,
} from "./global-pool.ts";
import { type ZeroPaddingConfig, zeroPaddingRule } from "./padding.ts";
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
import { type SpatialDropoutConfig, spatialDropoutRule } from "./spatial-dropout.ts";
import { type UpsamplingConfig, upsamplingRule } from "./upsampling.ts";

/** A layer that works on channels and spatial axes, as data. */
export type SpatialConfig =
  | Conv1dConfig
  | Conv2dConfig
  | Conv3dConfig
  | DepthwiseConv2dConfig
  | ConvTranspose1dConfig
  | ConvTranspose2dConfig
  | ConvTranspose3dConfig
  | MaxPool1dConfig
  | MaxPool2dConfig
  | MaxPool3dConfig
  | AvgPool1dConfig
  | AvgPool2dConfig
  | AvgPool3dConfig
  | LpPool1dConfig
  | LpPool2dConfig
  | LpPool3dConfig
  | GlobalAvgPoolConfig
  | GlobalMaxPoolConfig
  | AdaptiveAvgPool1dConfig
  | AdaptiveAvgPool2dConfig
  | AdaptiveMaxPool1dConfig
  | AdaptiveMaxPool2dConfig
  | GroupNormConfig
  | InstanceNormConfig
  | LocalResponseNormConfig
  | SpatialDropoutConfig
  | ZeroPaddingConfig
  | UpsamplingConfig;

export type SpatialType = SpatialConfig["type"];

/** Every such layer. A type without an entry does not compile. */
export const SPATIAL_LAYERS: { readonly [T in SpatialType]: LayerRule<Extract<SpatialConfig, { readonly type: T }>> } =
  {
    conv1d: conv1dRule,
    conv2d: conv2dRule,
    conv3d: conv3dRule,
    depthwiseConv2d: depthwiseConv2dRule,
    convTranspose1d: convTranspose1dRule,
    convTranspose2d: convTranspose2dRule,
    convTranspose3d: convTranspose3dRule,
    maxPool1d: maxPool1dRule,
    maxPool2d: maxPool2dRule,
    maxPool3d: maxPool3dRule,
    avgPool1d: avgPool1dRule,
    avgPool2d: avgPool2dRule,
    avgPool3d: avgPool3dRule,
    lpPool1d: lpPool1dRule,
    lpPool2d: lpPool2dRule,
    lpPool3d: lpPool3dRule,
    globalAvgPool: globalAvgPoolRule,
    globalMaxPool: globalMaxPoolRule,
    adaptiveAvgPool1d: adaptiveAvgPool1dRule,
    adaptiveAvgPool2d: adaptiveAvgPool2dRule,
    adaptiveMaxPool1d: adaptiveMaxPool1dRule,
    adaptiveMaxPool2d: adaptiveMaxPool2dRule,
    groupNorm: groupNormRule,
    instanceNorm: instanceNormRule,
    localResponseNorm: localResponseNormRule,
    spatialDropout: spatialDropoutRule,
    zeroPadding: zeroPaddingRule,
    upsampling: upsamplingRule,
  };
