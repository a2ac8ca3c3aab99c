import type { ColumnsBlock, HistogramBlock, MeasureBlock, RowsBlock } from "../io/measures/content.ts";
import { Axis, Column } from "./measure-columns.ts";
import type { HistogramPoint, MeasureSeries } from "./types.ts";

/** Columns that are written together. */
interface ColumnSet {
  readonly axis: Axis;
  /** In the order of the names. Undefined: a name that is there twice. */
  readonly columns: readonly (Column | undefined)[];
}

/** What a run has measured, put together from blocks. */
export class MeasureStore {
  readonly #measures = new Map<string, Column>();
  readonly #histograms = new Map<string, HistogramPoint[]>();
  readonly #generation: number;
  readonly #sets = new Map<number, ColumnSet>();
  readonly #setsByNames = new Map<string, ColumnSet>();
  /** Bytes of the file that follow, of which rows of a new set are expected to be a part. */
  expectedBytes = 0;
  /** Of the last row or histogram; undefined without one. */
  updatedAt: number | undefined;

  /** @param generation of the measures at first: above all of a store that this one replaces. Default 0. */
  constructor(generation = 0) {
    this.#generation = generation;
  }

  get measures(): ReadonlyMap<string, MeasureSeries> {
    return this.#measures;
  }

  get histograms(): ReadonlyMap<string, readonly HistogramPoint[]> {
    return this.#histograms;
  }

  /** Numbers of columns of a set that is known. */
  readonly widthOf = (set: number): number | undefined => this.#sets.get(set)?.columns.length;

  /** Takes the next block of the file. Its arrays are copied. */
  readonly take = (block: MeasureBlock): void => {
    if (block.type === "rows") this.#addRows(block);
    else if (block.type === "columns") this.#define(block);
    else if (block.type === "histogram") this.#addHistogram(block);
    else this.#cut(block.step);
  };

  /** Puts rows in order after a batch of blocks. */
  settle(): void {
    for (const axis of this.#axes()) axis.settle();
  }

  #define({ set, names }: ColumnsBlock): void {
    const key = JSON.stringify(names);
    const known = this.#setsByNames.get(key);
    if (known !== undefined) {
      this.#sets.set(set, known);
      return;
    }
    const axis = new Axis();
    const seen = new Set<string>();
    const columns = names.map((name) => {
      if (seen.has(name)) return undefined;
      seen.add(name);
      const old = this.#measures.get(name);
      old?.detach();
      const column = old ?? new Column(name, axis, this.#generation);
      this.#measures.set(name, column);
      return column;
    });
    const made = { axis, columns };
    this.#sets.set(set, made);
    this.#setsByNames.set(key, made);
  }

  #addRows({ set, rows, steps, times, values }: RowsBlock): void {
    const found = this.#sets.get(set);
    if (found === undefined || rows === 0) return;
    const isUsed = found.axis.columns.length > 0;
    const expected = Math.ceil(this.expectedBytes / this.#setsByNames.size / (8 * (2 + values.length)));
    if (isUsed) found.axis.reserve(rows, expected);
    found.columns.forEach((column, index) => {
      if (column === undefined) return;
      const { axis } = column;
      if (axis !== found.axis) axis.reserve(rows, expected);
      column.values.set(values[index] as Float64Array, axis.length);
      if (axis !== found.axis) axis.add(steps, times);
    });
    if (isUsed) found.axis.add(steps, times);
    this.updatedAt = times[rows - 1];
  }

  #addHistogram({ name, step, time, low, high, counts }: HistogramBlock): void {
    const points = this.#histograms.get(name) ?? [];
    points.push({ step, time, low, high, counts });
    const before = points.at(-2);
    if (before !== undefined && before.step > step) points.sort((a, b) => a.step - b.step);
    this.#histograms.set(name, points);
    this.updatedAt = time;
  }

  #cut(step: number): void {
    for (const axis of this.#axes()) axis.cut(step);
    for (const [name, points] of this.#histograms) {
      const kept = points.filter((point) => point.step <= step);
      if (kept.length < points.length) this.#histograms.set(name, kept);
    }
  }

  #axes(): ReadonlySet<Axis> {
    return new Set([...this.#measures.values()].map(({ axis }) => axis));
  }
}
