import { sizeOf } from "../../../core/shape.ts";
import type { Dataset } from "../../../data/dataset.ts";

/** Rows that an inspection of the data reads: enough for means to a few percent, few enough for milliseconds. */
const SAMPLE_ROWS = 2000;
/** Most numbers to read, for wide samples. */
const SAMPLE_NUMBERS = 1_600_000;

/** At most `count` rows, spread evenly over the dataset, because data are often sorted by class. */
export function spreadRows(length: number, count: number): Int32Array {
  const taken = Math.min(length, count);
  return Int32Array.from({ length: taken }, (_, index) => Math.floor((index * length) / taken));
}

/** Inputs of some rows: flat, (rows, features). */
export interface InputSample {
  readonly rows: Int32Array;
  readonly features: number;
  readonly values: Float32Array;
}

export function sampleInputs(dataset: Dataset, count: number = SAMPLE_ROWS): InputSample {
  const features = sizeOf(dataset.inputShape);
  const affordable = Math.max(100, Math.floor(SAMPLE_NUMBERS / Math.max(1, features)));
  const rows = spreadRows(dataset.length, Math.min(count, affordable));
  const values = new Float32Array(rows.length * features);
  dataset.readInputs(rows, values);
  return { rows, features, values };
}
