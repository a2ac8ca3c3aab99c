import type { DataTable } from "./data-table.ts";
import type { ChartSize } from "./svg.ts";

/** A drawing of numbers, available at any size, as one sentence and as a table. */
export interface Chart {
  /** What the chart shows. */
  readonly label: string;
  /** The axes and their ranges. */
  readonly description: string;
  /** SVG text. Its letters keep their size, so a narrow page gets a separate drawing, not a scaled one. */
  readonly draw: (size: ChartSize) => string;
  readonly table: DataTable;
}

/** The most rows of a table of values that were measured at many places. */
const MOST_ROWS = 13;

/** Evenly spaced indices of a list, including the first and the last. */
export function spread(length: number, most: number = MOST_ROWS): readonly number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (length - 1)) / (count - 1)),
  );
}
