/** One record and the line of the file that it ends on, from 1. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The words that stand for a missing value, in small letters: pandas' and R's, but "none", which names classes. */
export const MISSING_WORDS: readonly string[] = [
  ...["", "?", "na", "n/a", "nan", "-nan", "null", "<na>", "#na", "#n/a", "#n/a n/a"],
  ...["1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"],
];

/** How the cells of a file are read. */
export interface CellRules {
  /** In small letters. */
  readonly missingWords: ReadonlySet<string>;
  readonly decimal: "." | ",";
}

export const DEFAULT_RULES: CellRules = { missingWords: new Set(MISSING_WORDS), decimal: "." };

/** A cell that stands for a missing value. */
export function isGap(cell: string, { missingWords }: CellRules = DEFAULT_RULES): boolean {
  return missingWords.has(cell) || (cell.length <= 16 && missingWords.has(cell.toLowerCase()));
}

/** Without two ways to read the same digits, so that it takes time in proportion to the length. */
const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The number that a cell writes out; infinity where it is too large for a double; NaN for anything else: "", "Infinity", "0x1f". */
export function toNumber(cell: string, { decimal }: CellRules = DEFAULT_RULES): number {
  if (decimal === ",") return cell.includes(".") ? Number.NaN : toNumber(cell.replace(",", "."));
  const value = Number(cell);
  if (Number.isNaN(value)) return value;
  // what begins with 1 to 9 and is a number to JavaScript is one here; "", "0x1f" and "Infinity" are looked at closely
  const first = cell.charCodeAt(0);
  if (first > 48 && first < 58) return value;
  return (first === 48 && cell.length === 1) || DECIMAL.test(cell) ? value : Number.NaN;
}

/** A finite number written out, nothing else. */
export function isNumber(cell: string, rules: CellRules = DEFAULT_RULES): boolean {
  return Number.isFinite(toNumber(cell, rules));
}

/** A cell for an error message, cut where it is long. */
export function shownCell(cell: string): string {
  return cell.length <= 60 ? `"${cell}"` : `"${cell.slice(0, 57)}…" (${cell.length} characters)`;
}
