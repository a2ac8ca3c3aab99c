import type { HostArray } from "../../core/dtype.ts";
import { oneOf } from "../../core/fields.ts";
import type { Tree } from "../../core/tree.ts";

/** `ema`: the exponential moving average over the steps. `swa`: stochastic weight averaging, the mean over epochs. */
export type AverageName = "ema" | "swa";

/** The weights of a run: as trained, or one of their averages. */
export type WeightsName = "raw" | AverageName;

export const AVERAGE_NAMES: readonly AverageName[] = ["ema", "swa"];

export const WEIGHTS = oneOf("raw", "ema", "swa");

/** A copy of averaged weights. */
export type AveragedValues = {
  readonly parameters: Tree<HostArray>;
  readonly buffers: Tree<HostArray>;
  readonly total: HostArray;
};

export type AveragesValues = { readonly [Name in AverageName]?: AveragedValues };
