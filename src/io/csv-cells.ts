/** One record and the line of the file that it ends on, from 1. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

const gaps = new Set(["", "?", "na", "n/a", "nan", "null"]);

/** A cell that stands for a missing value. */
export function isGap(cell: string): boolean {
  return gaps.has(cell.toLowerCase());
}

/** A finite number written out, nothing else: not "", not "Infinity", not "0x1f". */
export function isNumber(cell: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(cell) && Number.isFinite(Number(cell));
}
