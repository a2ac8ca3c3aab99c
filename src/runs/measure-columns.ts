import type { MeasureSeries } from "./types.ts";

const LEAST_ROWS = 16;

/** Steps and times that several columns share, because they were measured together. */
export class Axis {
  length = 0;
  generation = 0;
  steps = new Float64Array(0);
  times = new Float64Array(0);
  readonly columns: Column[] = [];
  /** Rows from here on may be out of order. */
  #unsortedFrom = Number.POSITIVE_INFINITY;

  /** Makes room for more rows, also in the columns.
   *  @param expected rows that will probably follow, these included: copying less often is faster. */
  reserve(rows: number, expected: number): void {
    const needed = this.length + rows;
    if (needed <= this.steps.length) return;
    const capacity = Math.max(needed, LEAST_ROWS, this.length === 0 ? expected : 2 * this.steps.length);
    const larger = (numbers: Float64Array): Float64Array<ArrayBuffer> => {
      const all = new Float64Array(capacity);
      all.set(numbers.subarray(0, this.length));
      return all;
    };
    this.steps = larger(this.steps);
    this.times = larger(this.times);
    for (const column of this.columns) column.values = larger(column.values);
  }

  /** Adds rows. There is room, and the columns got their values already. */
  add(steps: Float64Array, times: Float64Array): void {
    this.steps.set(steps, this.length);
    this.times.set(times, this.length);
    let last = this.length === 0 ? Number.NEGATIVE_INFINITY : (this.steps[this.length - 1] as number);
    for (let row = 0; row < steps.length; row++) {
      const step = steps[row] as number;
      if (step < last) this.#unsortedFrom = Math.min(this.#unsortedFrom, this.length + row);
      last = step;
    }
    this.length += steps.length;
  }

  /** Takes back the rows after a step. */
  cut(step: number): void {
    this.settle();
    let kept = this.length;
    while (kept > 0 && (this.steps[kept - 1] as number) > step) kept--;
    if (kept === this.length) return;
    this.length = kept;
    this.generation++;
  }

  /** Puts rows that came out of order where they belong; of equal steps the one that was written first stays first. */
  settle(): void {
    if (this.#unsortedFrom === Number.POSITIVE_INFINITY) return;
    this.#unsortedFrom = Number.POSITIVE_INFINITY;
    const { steps, length } = this;
    const order = Uint32Array.from({ length }, (_, row) => row).sort(
      (a, b) => (steps[a] as number) - (steps[b] as number) || a - b,
    );
    const sorted = (numbers: Float64Array): Float64Array<ArrayBuffer> => {
      const all = new Float64Array(numbers.length);
      for (let row = 0; row < length; row++) all[row] = numbers[order[row] as number] as number;
      return all;
    };
    this.steps = sorted(steps);
    this.times = sorted(this.times);
    for (const column of this.columns) column.values = sorted(column.values);
    this.generation++;
  }
}

/** The values of one measure. */
export class Column implements MeasureSeries {
  readonly name: string;
  axis: Axis;
  values: Float64Array;
  /** Of an axis that it left. */
  #generations: number;

  /** @param generations before the first row. */
  constructor(name: string, axis: Axis, generations: number) {
    this.name = name;
    this.#generations = generations;
    this.axis = axis;
    this.values = new Float64Array(axis.steps.length);
    axis.columns.push(this);
  }

  get length(): number {
    return this.axis.length;
  }

  get steps(): Float64Array {
    return this.axis.steps;
  }

  get times(): Float64Array {
    return this.axis.times;
  }

  get generation(): number {
    return this.#generations + this.axis.generation;
  }

  /** Gets steps and times of its own: the measure is written with others from now on. */
  detach(): void {
    const old = this.axis;
    if (old.columns.length === 1) return;
    old.columns.splice(old.columns.indexOf(this), 1);
    const own = new Axis();
    own.columns.push(this);
    this.axis = own;
    const { values } = this;
    this.values = new Float64Array(own.steps.length);
    own.reserve(old.length, 2 * old.length);
    this.values.set(values.subarray(0, old.length));
    own.add(old.steps.subarray(0, old.length), old.times.subarray(0, old.length));
    this.#generations += old.generation;
  }
}
