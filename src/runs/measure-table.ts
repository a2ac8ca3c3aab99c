import { crc32c } from "../io/crc32c.ts";
import { encodeColumns, encodeRows } from "../io/measures/encode.ts";

/** Rows that a table holds at first, and at most. */
const FIRST_ROWS = 64;
const MOST_ROWS = 4096;
/** A table with many columns holds fewer rows: 256 KiB. */
const MOST_NUMBERS = 2 ** 15;

/** The names of the columns are written again after so many bytes of rows: a damaged block costs no more than these. */
const NAMES_EVERY_BYTES = 2 ** 18;

const encoder = new TextEncoder();

/** Rows of measures that are always measured together, collected until they are written. Adding a row makes no garbage. */
export class MeasureTable {
  readonly names: readonly string[];
  readonly #set: number;
  readonly #mostRows: number;
  #rows = 0;
  #steps: Float64Array;
  #times: Float64Array;
  #values: readonly Float64Array[];
  #bytesSinceNames = Number.POSITIVE_INFINITY;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#set = crc32c(encoder.encode(JSON.stringify(names)));
    this.#mostRows = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_NUMBERS / (names.length + 2))));
    const rows = Math.min(FIRST_ROWS, this.#mostRows);
    this.#steps = new Float64Array(rows);
    this.#times = new Float64Array(rows);
    this.#values = names.map(() => new Float64Array(rows));
  }

  get isFull(): boolean {
    return this.#rows === this.#mostRows;
  }

  /** Appends a row. The table must not be full.
   *  @param time milliseconds since 1970. @param values in the order of the names. */
  add(step: number, time: number, values: ArrayLike<number>): void {
    if (this.#rows === this.#steps.length) this.#grow();
    const row = this.#rows++;
    this.#steps[row] = step;
    this.#times[row] = time;
    for (let column = 0; column < this.#values.length; column++) {
      (this.#values[column] as Float64Array)[row] = values[column] as number;
    }
  }

  #grow(): void {
    const rows = Math.min(2 * this.#steps.length, this.#mostRows);
    const larger = (numbers: Float64Array) => {
      const all = new Float64Array(rows);
      all.set(numbers);
      return all;
    };
    this.#steps = larger(this.#steps);
    this.#times = larger(this.#times);
    this.#values = this.#values.map(larger);
  }

  /** The blocks of the collected rows, which are collected no longer. */
  takeBlocks(): readonly Uint8Array[] {
    if (this.#rows === 0) return [];
    const rows = encodeRows(this.#set, this.#rows, this.#steps, this.#times, this.#values);
    this.#rows = 0;
    const isDue = this.#bytesSinceNames >= NAMES_EVERY_BYTES;
    this.#bytesSinceNames = (isDue ? 0 : this.#bytesSinceNames) + rows.length;
    return isDue ? [encodeColumns(this.#set, this.names), rows] : [rows];
  }
}
