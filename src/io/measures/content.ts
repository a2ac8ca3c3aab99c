/** What the payload of a block is. Numbers without a type are float64.
 *    columns    set uint32, bytes uint32, names as a JSON list in UTF-8 of that many bytes, zeros up to a multiple of 8.
 *               From here on, rows of this set have these columns. Repeated now and then, so that a damaged one costs only the rows up to
 *               the next.
 *    rows       set uint32, n uint32, n steps, n times, n values of the first column, n of the second, …
 *    histogram  bytes uint32, bins uint32, step, time, low, high, counts, name in UTF-8 of that many bytes, zeros up to a multiple of 8
 *    void       step. All rows and histograms before this block whose step is larger were taken back. */
export const KINDS = { columns: 1, rows: 2, histogram: 3, void: 4 } as const;

/** Names of the columns of a set. */
export interface ColumnsBlock {
  readonly type: "columns";
  readonly set: number;
  readonly names: readonly string[];
}

/** Rows of a set, column by column. The arrays are valid until the next block is read. */
export interface RowsBlock {
  readonly type: "rows";
  readonly set: number;
  readonly rows: number;
  readonly steps: Float64Array;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  /** `rows` values of each column. */
  readonly values: readonly Float64Array[];
}

export interface HistogramBlock {
  readonly type: "histogram";
  readonly name: string;
  readonly step: number;
  readonly time: number;
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

export interface VoidBlock {
  readonly type: "void";
  readonly step: number;
}

export type MeasureBlock = ColumnsBlock | RowsBlock | HistogramBlock | VoidBlock;
