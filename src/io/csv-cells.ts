/** One record and the line of the file on which it ends, counted from 1. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The words for a missing value, in lower case: those of pandas and R, except "none", which may name a class. */
export const MISSING_WORDS: readonly string[] = [
  ...["", "?", "na", "n/a", "nan", "-nan", "null", "<na>", "#na", "#n/a", "#n/a n/a"],
  ...["1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"],
];

/** How to read the cells of a file. */
export interface CellRules {
  /** In lower case. */
  readonly missingWords: ReadonlySet<string>;
  readonly decimal: "." | ",";
}

export const DEFAULT_RULES: CellRules = { missingWords: new Set(MISSING_WORDS), decimal: "." };

/** Whether a cell stands for a missing value. */
export function isGap(cell: string, { missingWords }: CellRules = DEFAULT_RULES): boolean {
  return missingWords.has(cell) || (cell.length <= 16 && missingWords.has(cell.toLowerCase()));
}

/** Unambiguous, so that matching takes linear time. */
const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The number in a cell; infinity if it is too large for a double; NaN for anything else: "", "Infinity", "0x1f". */
export function toNumber(cell: string, { decimal }: CellRules = DEFAULT_RULES): number {
  if (decimal === ",") return cell.includes(".") ? Number.NaN : toNumber(cell.replace(",", "."));
  const value = Number(cell);
  if (Number.isNaN(value)) return value;
  // text that begins with 1 to 9 and is a number in JavaScript is valid here; "", "0x1f" and "Infinity" need a closer check
  const first = cell.charCodeAt(0);
  if (first > 48 && first < 58) return value;
  return (first === 48 && cell.length === 1) || DECIMAL.test(cell) ? value : Number.NaN;
}

/** Whether a cell is a finite number in decimal notation. */
export function isNumber(cell: string, rules: CellRules = DEFAULT_RULES): boolean {
  return Number.isFinite(toNumber(cell, rules));
}

/** A cell for an error message, shortened if it is long. */
export function shownCell(cell: string): string {
  return cell.length <= 60 ? `"${cell}"` : `"${cell.slice(0, 57)}…" (${cell.length} characters)`;
}
