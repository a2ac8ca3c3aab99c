import type { DataTable } from "./data-table.ts";
import type { ChartSize } from "./svg.ts";

/** Something drawn from numbers: at any size, as one sentence, and as a table. */
export interface Chart {
  /** What it shows. */
  readonly label: string;
  /** What its axes are, and from where to where they go. */
  readonly description: string;
  /** SVG text. Its letters keep their size, so a drawing for a narrow page is made anew, not made smaller. */
  readonly draw: (size: ChartSize) => string;
  readonly table: DataTable;
}

/** Rows of a table of numbers that was measured at many places. */
const MOST_ROWS = 13;

/** Places in a list, evenly spread, with the first and the last. */
export function spread(length: number, most: number = MOST_ROWS): readonly number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (length - 1)) / (count - 1)),
  );
}
