import { type Tensor, where } from "../../tensor/tensor.ts";
import { numberField } from "../fields.ts";
import type { ActivationRule } from "../layer.ts";

const ALL = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** x moved towards 0 by the threshold, and 0 if |x| is below it: the proximal step of the L1 norm.
 *  Source: Donoho, "De-noising by soft-thresholding", 1995. */
export function softShrink(x: Tensor, threshold = 0.5): Tensor {
  return where(x.abs().lessEqual(threshold), 0, where(x.greater(0), x.sub(threshold), x.add(threshold)));
}

/** |x| > threshold ? x : 0. Source: Donoho & Johnstone, "Ideal spatial adaptation by wavelet shrinkage", 1994. */
export function hardShrink(x: Tensor, threshold = 0.5): Tensor {
  return where(x.abs().lessEqual(threshold), 0, x);
}

/** x - tanh(x). */
export function tanhShrink(x: Tensor): Tensor {
  return x.sub(x.tanh());
}

export interface SoftShrinkConfig {
  readonly type: "softShrink";
  /** default 0.5 */
  readonly threshold?: number;
}

export const softShrinkRule: ActivationRule<SoftShrinkConfig> = {
  fields: { threshold: numberField(0.5, "a number of at least 0", (value) => value >= 0) },
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => ALL,
    saturation: () => undefined,
    inDepth: "dies",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "Donoho, De-noising by soft-thresholding, 1995",
  },
  apply: ({ threshold }, x) => softShrink(x, threshold),
};

export interface HardShrinkConfig {
  readonly type: "hardShrink";
  /** default 0.5 */
  readonly threshold?: number;
}

export const hardShrinkRule: ActivationRule<HardShrinkConfig> = {
  fields: { threshold: numberField(0.5, "a number of at least 0", (value) => value >= 0) },
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => ALL,
    saturation: () => undefined,
    inDepth: "dies",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "Donoho & Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994",
  },
  apply: ({ threshold }, x) => hardShrink(x, threshold),
};

export interface TanhShrinkConfig {
  readonly type: "tanhShrink";
}

export const tanhShrinkRule: ActivationRule<TanhShrinkConfig> = {
  fields: {},
  activation: {
    gain: () => 1,
    init: () => ({ type: "glorotUniform" }),
    range: () => ALL,
    saturation: () => undefined,
    inDepth: "squashes",
    gives: "values",
    isRectifier: false,
    isSilentBelow: false,
    source: "x - tanh(x); as in PyTorch",
  },
  apply: (_, x) => tanhShrink(x),
};
