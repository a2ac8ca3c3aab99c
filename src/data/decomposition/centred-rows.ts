import { GradusError, requireArgument } from "../../core/errors.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Dataset } from "../dataset.ts";

/** A dataset's inputs, or rows of numbers of equal length. */
export type RowsInput = Dataset | readonly (readonly number[])[];

/** Rows read in chunks, so that a large set need not be in memory as float64. */
interface Rows {
  readonly count: number;
  readonly features: number;
  /** Copies `count` rows, starting at `first`, to the start of `into`. */
  readonly read: (first: number, count: number, into: Float64Array) => void;
}

const CHUNK_ROWS = 256;

/** Rows with their mean subtracted. */
export class CentredRows {
  readonly count: number;
  readonly features: number;
  readonly mean: Float64Array;
  /** Sum of the variances of all features, over count - 1. */
  readonly totalVariance: number;
  readonly #rows: Rows;

  /** @throws GradusError `not-finite` with row and column, or for a variance that overflows; `bad-data` for fewer than two rows or zero variance;
   *  `shape-mismatch` for rows of different lengths. */
  constructor(where: string, input: RowsInput) {
    const rows = "readInputs" in input ? fromDataset(input) : fromLists(where, input);
    this.#rows = rows;
    this.count = rows.count;
    this.features = rows.features;
    if (rows.count < 2) {
      throw new GradusError("bad-data", `${where}: variance needs 2 samples or more, got ${rows.count}.`, {
        samples: rows.count,
      });
    }
    this.mean = meanOf(where, rows);
    this.totalVariance = this.#squares() / (rows.count - 1);
    if (this.totalVariance === Infinity) {
      throw new GradusError("not-finite", `${where}: the variance overflows. Scale the features down first.`, {
        where,
      });
    }
    if (this.totalVariance > 0) return;
    throw new GradusError("bad-data", `${where}: all ${rows.count} samples are the same, so there is no variance.`, {
      samples: rows.count,
    });
  }

  /** Chunk by chunk: `visit` receives rows (count, features), which it must not keep. */
  each(visit: (rows: Float64Array, count: number, first: number) => void): void {
    const { features, mean } = this;
    eachChunk(this.#rows, (values, count, first) => {
      for (let row = 0; row < count; row++) {
        const start = row * features;
        for (let i = 0; i < features; i++) values[start + i] = (values[start + i] as number) - (mean[i] as number);
      }
      visit(values, count, first);
    });
  }

  /** All at once, (count, features). */
  all(): Float64Array {
    const all = new Float64Array(this.count * this.features);
    this.each((rows, count, first) => {
      all.set(rows.subarray(0, count * this.features), first * this.features);
    });
    return all;
  }

  #squares(): number {
    let squares = 0;
    this.each((rows, count) => {
      for (let i = 0; i < count * this.features; i++) squares += (rows[i] as number) ** 2;
    });
    return squares;
  }
}

function eachChunk(rows: Rows, visit: (values: Float64Array, count: number, first: number) => void): void {
  const buffer = new Float64Array(Math.min(CHUNK_ROWS, rows.count) * rows.features);
  for (let first = 0; first < rows.count; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows.count - first);
    rows.read(first, count, buffer);
    visit(buffer, count, first);
  }
}

/** The mean of a constant feature is exactly the constant: its sum, divided, might differ by rounding. */
function meanOf(where: string, rows: Rows): Float64Array {
  const { features } = rows;
  const sums = new Float64Array(features);
  const lowest = new Float64Array(features).fill(Infinity);
  const highest = new Float64Array(features).fill(-Infinity);
  eachChunk(rows, (values, count, first) => {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < features; i++) {
        const value = values[row * features + i] as number;
        if (!Number.isFinite(value)) throw notFinite(where, first + row, i, value);
        (sums[i] as number) += value;
        if (value < (lowest[i] as number)) lowest[i] = value;
        if (value > (highest[i] as number)) highest[i] = value;
      }
    }
  });
  return sums.map((sum, i) => (lowest[i] === highest[i] ? (lowest[i] as number) : sum / rows.count));
}

function notFinite(where: string, row: number, column: number, value: number): GradusError {
  const advice = "Drop the row or fill the gap.";
  return new GradusError("not-finite", `${where}: row ${row}, column ${column} is ${value}. ${advice}`, {
    where,
    row,
    column,
    value,
  });
}

function fromDataset(dataset: Dataset): Rows {
  const features = sizeOf(dataset.inputShape);
  const buffer = new Float32Array(CHUNK_ROWS * features);
  const places = new Int32Array(CHUNK_ROWS);
  return {
    count: dataset.length,
    features,
    read(first, count, into) {
      for (let i = 0; i < count; i++) places[i] = first + i;
      dataset.readInputs(places, buffer, count);
      into.set(buffer.subarray(0, count * features));
    },
  };
}

function fromLists(where: string, lists: readonly (readonly number[])[]): Rows {
  const features = lists[0]?.length ?? 0;
  requireArgument(features > 0, `${where}: expected rows of numbers, got no numbers.`, { rows: lists.length });
  const ragged = lists.findIndex((row) => row.length !== features);
  if (ragged >= 0) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: row 0 has ${features} numbers, row ${ragged} has ${lists[ragged]?.length}. Give rows of equal length.`,
      { where, row: ragged, expected: features, got: lists[ragged]?.length },
    );
  }
  return {
    count: lists.length,
    features,
    read(first, count, into) {
      for (let i = 0; i < count; i++) into.set(lists[first + i] as readonly number[], i * features);
    },
  };
}
