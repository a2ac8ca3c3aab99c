import type { SpatialType } from "../../../src/nn/conv/layers.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";

interface LayerCase {
  readonly inputShape: readonly number[];
  readonly layer: LayerInput;
}

/** The same layer on the same input, once with each set of fields. */
function each<T extends SpatialType>(
  type: T,
  inputShape: readonly number[],
  own: object,
  ...variants: readonly object[]
): LayerCase[] {
  return variants.map((fields) => ({ inputShape, layer: { type, ...own, ...fields } as LayerInput }));
}

const POOLS = [
  {},
  { stride: 1 },
  { window: 3, stride: 2, padding: 1 },
  { window: 3, stride: 2, padding: "same" },
  { dilation: 2, stride: 1 },
  { window: 2, stride: 2, ceilMode: true },
  { window: 3, stride: 2, padding: 1, ceilMode: true },
];

/** Every layer on channels and spatial axes, with each of its options. */
export const SPATIAL_CASES: { readonly [T in SpatialType]: readonly LayerCase[] } = {
  conv1d: each("conv1d", [2, 5], { filters: 3, kernel: 3 }, {}, { padding: "same", stride: 2 }, { padding: [[0, 2]] }),
  conv2d: [
    ...each(
      "conv2d",
      [2, 4, 5],
      { filters: 2, kernel: 3 },
      {},
      { kernel: [1, 2], stride: [2, 1] },
      { padding: 1, bias: false },
      { padding: [2, 0] },
      {
        padding: [
          [0, 1],
          [2, 0],
        ],
      },
      { padding: "same", kernel: 2 },
      { padding: "valid", init: "heNormal", biasInit: "ones" },
      { kernel: 2, dilation: [1, 2], padding: 1 },
      { groups: 2 },
    ),
    ...each("conv2d", [4, 3, 3], { filters: 6, kernel: 2 }, { groups: 2, stride: 2, padding: 1 }),
  ],
  conv3d: each("conv3d", [2, 3, 3, 2], { filters: 2, kernel: 2 }, {}, { padding: 1, stride: 2, groups: 2 }),
  depthwiseConv2d: [
    ...each(
      "depthwiseConv2d",
      [2, 4, 3],
      { kernel: 2 },
      {},
      { kernel: [2, 1], multiplier: 2, stride: 2, padding: 1, dilation: 2, bias: false },
      { init: "lecunNormal", biasInit: "ones", padding: "same" },
    ),
  ],
  convTranspose1d: each(
    "convTranspose1d",
    [2, 4],
    { filters: 3, kernel: 3 },
    {},
    { stride: 2, padding: "same" },
    { stride: 3, kernel: 2, padding: "same" },
    { stride: 3, padding: [[2, 1]], outputPadding: 2 },
  ),
  convTranspose2d: [
    ...each(
      "convTranspose2d",
      [2, 3, 2],
      { filters: 2, kernel: 3 },
      {},
      { stride: 2, padding: 1, outputPadding: 1, bias: false },
      { stride: [2, 1], outputPadding: [1, 0], padding: [0, 1] },
      { dilation: 2, padding: "valid", init: "orthogonal", biasInit: "ones" },
      { kernel: [1, 2], groups: 2 },
    ),
    ...each("convTranspose2d", [4, 2, 2], { filters: 6, kernel: 2 }, { groups: 2, stride: 2 }),
  ],
  convTranspose3d: each("convTranspose3d", [2, 2, 2, 1], { filters: 2, kernel: 2 }, {}, { stride: 2, groups: 2 }),
  maxPool1d: each("maxPool1d", [2, 7], { window: 2 }, ...POOLS),
  maxPool2d: each("maxPool2d", [2, 5, 4], { window: 2 }, ...POOLS, {
    window: [1, 3],
    padding: [
      [0, 0],
      [1, 0],
    ],
  }),
  maxPool3d: each("maxPool3d", [1, 3, 3, 2], { window: 2 }, {}, { stride: 1 }),
  avgPool1d: each("avgPool1d", [2, 7], { window: 2 }, ...POOLS),
  avgPool2d: each(
    "avgPool2d",
    [2, 5, 4],
    { window: 2 },
    ...POOLS,
    { window: 3, stride: 2, padding: 1, countIncludePad: false },
    { window: 3, stride: 2, padding: 1, countIncludePad: false, ceilMode: true },
  ),
  avgPool3d: each("avgPool3d", [1, 3, 3, 2], { window: 2 }, {}, { padding: 1, countIncludePad: false }),
  lpPool1d: each("lpPool1d", [2, 7], { window: 2 }, {}, { p: 1 }, { p: 3, stride: 1 }),
  lpPool2d: each("lpPool2d", [2, 5, 4], { window: 2 }, ...POOLS, { p: 1.5 }),
  lpPool3d: each("lpPool3d", [1, 3, 3, 2], { window: 2 }, {}, { p: 3 }),
  globalAvgPool: [
    ...each("globalAvgPool", [2, 3, 2], {}, {}, { keepDims: true }),
    ...each("globalAvgPool", [2, 4], {}, {}),
  ],
  globalMaxPool: [
    ...each("globalMaxPool", [2, 3, 2], {}, {}, { keepDims: true }),
    ...each("globalMaxPool", [2, 2, 2, 2], {}, {}),
  ],
  adaptiveAvgPool1d: each("adaptiveAvgPool1d", [2, 6], {}, { size: 3 }, { size: 4 }, { size: 1 }, { size: [8] }),
  adaptiveAvgPool2d: each("adaptiveAvgPool2d", [2, 4, 6], {}, { size: 2 }, { size: [3, 4] }, { size: 1 }),
  adaptiveMaxPool1d: each("adaptiveMaxPool1d", [2, 6], {}, { size: 3 }, { size: 4 }, { size: 1 }, { size: [8] }),
  adaptiveMaxPool2d: each("adaptiveMaxPool2d", [2, 4, 6], {}, { size: 2 }, { size: [3, 4] }, { size: 1 }),
  groupNorm: [
    ...each("groupNorm", [4, 3, 2], { groups: 2 }, {}, { epsilon: 0.1 }, { affine: false }, { groups: 1 }),
    ...each("groupNorm", [6], { groups: 3 }, {}),
  ],
  instanceNorm: each("instanceNorm", [2, 3, 2], {}, {}, { epsilon: 0.1 }, { affine: false }),
  localResponseNorm: [
    ...each("localResponseNorm", [5, 2, 2], { alpha: 0.5 }, { size: 3 }, { size: 4, beta: 0.5 }, { size: 1, bias: 2 }),
    ...each("localResponseNorm", [5], { size: 3 }, {}),
  ],
  spatialDropout: each("spatialDropout", [3, 2, 2], {}, { rate: 0.4 }, { rate: 0 }),
  zeroPadding: [
    ...each(
      "zeroPadding",
      [2, 2, 3],
      {},
      { padding: 1 },
      { padding: [1, 0] },
      {
        padding: [
          [0, 1],
          [2, 0],
        ],
      },
    ),
    ...each("zeroPadding", [2, 3], {}, { padding: [[1, 2]] }),
  ],
  upsampling: [
    ...each("upsampling", [2, 3, 2], { factor: 2 }, {}, { factor: [1, 3] }, { mode: "bilinear" }),
    ...each("upsampling", [2, 3], { factor: 3, mode: "bilinear" }, {}),
  ],
};
