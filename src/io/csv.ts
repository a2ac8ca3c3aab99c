import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import {
  ANY_TEXT,
  checkOptions,
  either,
  type Field,
  type Fields,
  FLAG,
  field,
  listOf,
  oneOf,
  TEXT,
} from "../core/fields.ts";
import { type CellRules, type CsvRecord, isGap, MISSING_WORDS, shownCell, toNumber } from "./csv-cells.ts";
import { type CsvColumns, type CsvLayout, planColumns } from "./csv-columns.ts";
import { csvRecords } from "./csv-records.ts";
import { TargetColumn } from "./csv-targets.ts";
import { GrowingRows } from "./growing-rows.ts";

export interface CsvOptions {
  /** Whether the first line names the columns. Default: detected from the first 1000 rows. The first line is a header if none of its
   *  cells is a number, or if one is not but all other cells of its column are. */
  readonly header?: boolean;
  /** The column to predict: its name, its number from 0, or -1, -2, … from the end; null for none. Default -1. */
  readonly target?: string | number | null;
  /** Default: `classification` if targets are text, or whole numbers that cover 0 to k - 1 without a gap; else `regression`. */
  readonly task?: "classification" | "regression";
  /** Columns to ignore, by name or number. */
  readonly ignore?: readonly (string | number)[];
  /** One character. Default: the most frequent of comma, semicolon and tab in the first line. */
  readonly delimiter?: string;
  /** The decimal separator. Default ".". */
  readonly decimal?: "." | ",";
  /** What to do with a row that has a missing value. Default "error". */
  readonly missing?: "error" | "skip-row";
  /** Cells that mean a missing value, besides empty ones; case is ignored. Default: ?, NA, N/A, NaN, null and pandas' other spellings. */
  readonly missingValues?: readonly string[];
  /** Names of the classes in the order of their indices; any other target is an error. Default: the sorted targets. */
  readonly classNames?: readonly string[];
}

/** A column, by name or number. */
export const COLUMN: Field<string | number> = field(
  "a column's name or number",
  (value) => TEXT.accepts(value) || Number.isInteger(value),
  { anyOf: [{ type: "string", minLength: 1 }, { type: "integer" }] },
);

export const CSV_FIELDS: Fields<CsvOptions> = {
  header: FLAG,
  target: either(COLUMN, oneOf(null)),
  task: oneOf("classification", "regression"),
  ignore: listOf(COLUMN),
  delimiter: TEXT,
  decimal: oneOf(".", ","),
  missing: oneOf("error", "skip-row"),
  missingValues: listOf(ANY_TEXT),
  classNames: listOf(ANY_TEXT),
};

/** A table of numbers: N rows, F features. */
export interface CsvTable {
  readonly length: number;
  readonly featureNames: readonly string[];
  /** (N, F), row by row. */
  readonly inputs: Float32Array;
  readonly targetName?: string;
  /** (N,): class indices as int32, or values as float32. */
  readonly targets?: Int32Array | Float32Array;
  /** Names of the classes, if targets are text or numbers that do not cover 0 to k - 1. */
  readonly classNames?: readonly string[];
  readonly classes?: number;
  /** Whether the names come from the file. */
  readonly hasHeader: boolean;
  /** Columns that are neither features nor the target. */
  readonly ignoredNames: readonly string[];
  /** Rows skipped because of a missing value. */
  readonly skippedRows: number;
  /** Text about rows and columns that were skipped or ignored automatically. */
  readonly notes: readonly string[];
}

/** Rows inspected to determine the columns. */
const HEAD_ROWS = 1000;
/** Most skipped lines that are listed. */
const NAMED_LINES = 5;

/** Reads numbers and one target column from CSV text. Ignores an unnamed first column that numbers the rows, as pandas writes it, and
 *  unnamed empty columns.
 *  @param file name for error messages.
 *  @throws GradusError `bad-data` with `{ file, line, column }` for rows of unequal length, cells that are not numbers, and columns with
 *  the same name; `not-finite` with `{ file, line, row, column, name, value }` for numbers beyond float32; `empty-dataset` without rows;
 *  `unknown-field` for a missing column; `label-out-of-range` for a class without a name. */
export function parseCsv(text: string, options: CsvOptions = {}, file = "csv"): CsvTable {
  requireArgument(typeof text === "string", `parseCsv: expected text, a string, got ${describe(text)}.`);
  return readTable([text], options, file);
}

/** As `parseCsv`, from text in parts. The table does not depend on the parts, and memory use is a small multiple of its size.
 *  @param like the columns of another file, which this file must match.
 *  @throws GradusError also `shape-mismatch` with `{ file, missing, foreign }` if the columns do not match. */
export function readTable(chunks: Iterable<string>, options: CsvOptions, file: string, like?: CsvLayout): CsvTable {
  checkOptions<CsvOptions>(`CSV, ${file}`, options, CSV_FIELDS);
  const missingWords = new Set(["", ...(options.missingValues ?? MISSING_WORDS).map((word) => word.toLowerCase())]);
  const rules: CellRules = { missingWords, decimal: options.decimal ?? "." };
  const records = csvRecords(chunks, { file, delimiter: options.delimiter });
  const head: CsvRecord[] = [];
  for (let next = records.next(); next.done !== true; next = records.next()) {
    head.push(next.value);
    if (head.length > HEAD_ROWS) break;
  }
  for (const record of head) requireWidth(record, head[0]?.cells.length ?? 0, file);
  const columns = head.length === 0 ? undefined : planColumns(head, options, { file, rules, like });
  if (columns === undefined || (columns.hasHeader && head.length === 1)) {
    const where = columns === undefined ? "" : " below the header";
    throw new GradusError("empty-dataset", `${file}: there are no rows${where}.`, { file });
  }
  const builder = new TableBuilder(columns, options, { file, rules, readsTarget: like?.needsTarget !== false });
  for (const record of columns.hasHeader ? head.slice(1) : head) builder.add(record);
  head.length = 0;
  for (const record of records) builder.add(record);
  return builder.finish();
}

function requireWidth({ cells, line }: CsvRecord, expected: number, file: string): void {
  const got = cells.length;
  if (got === expected) return;
  throw new GradusError(
    "bad-data",
    `${file}, line ${line}: ${got} cells, but the first row has ${expected}. Give every row the same number; quote cells that contain the delimiter.`,
    { file, line, expected, got },
  );
}

class TableBuilder {
  readonly #columns: CsvColumns;
  readonly #file: string;
  readonly #rules: CellRules;
  readonly #skipsRows: boolean;
  /** Whether a number can stand for a missing value, such as -999. */
  readonly #hasNumericGaps: boolean;
  readonly #inputs: GrowingRows;
  readonly #target: TargetColumn | undefined;
  readonly #skippedLines: number[] = [];
  #skippedRows = 0;

  constructor(
    columns: CsvColumns,
    options: CsvOptions,
    { file, rules, readsTarget }: { readonly file: string; readonly rules: CellRules; readonly readsTarget: boolean },
  ) {
    const { target, names, features } = columns;
    this.#columns = columns;
    this.#file = file;
    this.#rules = rules;
    this.#skipsRows = options.missing === "skip-row";
    this.#hasNumericGaps = [...rules.missingWords].some((word) => !Number.isNaN(toNumber(word, rules)));
    this.#inputs = new GrowingRows(features.length);
    if (target === undefined || !readsTarget) return;
    const { task, classNames } = options;
    this.#target = new TargetColumn({ file, column: target, name: names[target] as string, rules, task, classNames });
  }

  add(record: CsvRecord): void {
    const { cells, line } = record;
    const { names, features, target, empty } = this.#columns;
    requireWidth(record, names.length, this.#file);
    for (const column of empty) if (cells[column] !== "") throw this.#unnamed(column, line);
    const { data, start } = this.#inputs.next();
    for (let i = 0; i < features.length; i++) {
      const cell = cells[features[i] as number] as string;
      const isMissing = this.#hasNumericGaps && isGap(cell, this.#rules);
      data[start + i] = isMissing ? Number.NaN : toNumber(cell, this.#rules);
      if (Number.isFinite(data[start + i])) continue;
      if (this.#skips(cells, line)) return;
      throw this.#badCell(cell, features[i] as number, line);
    }
    if (target !== undefined && this.#target !== undefined) {
      const cell = cells[target] as string;
      if (this.#skipsRows && this.#target.isGap(cell) && this.#skips(cells, line)) return;
      this.#target.add(cell, line);
    }
    this.#inputs.keep();
  }

  finish(): CsvTable {
    const { names, features, target, hasHeader } = this.#columns;
    const { length } = this.#inputs;
    const skippedRows = this.#skippedRows;
    if (length === 0)
      throw new GradusError("empty-dataset", `${this.#file}: every row has a missing value.`, {
        file: this.#file,
        skipped: skippedRows,
      });
    const used = new Set([...features, target]);
    const notes = [...this.#columns.notes];
    if (skippedRows > 0) {
      const more = skippedRows > this.#skippedLines.length ? ", …" : "";
      const lines = `line${skippedRows === 1 ? "" : "s"} ${this.#skippedLines.join(", ")}${more}`;
      notes.push(
        `${this.#file}: ${skippedRows} of ${length + skippedRows} rows have a missing value and are skipped (${lines})`,
      );
    }
    return {
      length,
      featureNames: features.map((column) => names[column] as string),
      inputs: this.#inputs.finish(),
      hasHeader,
      ignoredNames: names.filter((_, column) => !used.has(column)),
      skippedRows,
      notes,
      ...(target === undefined ? {} : { targetName: names[target] as string }),
      ...this.#target?.finish(),
    };
  }

  /** Whether to skip the row because of a missing value; if so, counts it. */
  #skips(cells: readonly string[], line: number): boolean {
    if (!this.#skipsRows) return false;
    const { features, target } = this.#columns;
    const hasGap =
      features.some((column) => isGap(cells[column] as string, this.#rules)) ||
      (target !== undefined && this.#target?.isGap(cells[target] as string) === true);
    if (!hasGap) return false;
    this.#skippedRows++;
    if (this.#skippedLines.length < NAMED_LINES) this.#skippedLines.push(line);
    return true;
  }

  #unnamed(column: number, line: number): GradusError {
    return new GradusError(
      "bad-data",
      `${this.#file}, line ${line}, column ${column + 1}: a value appears in an unnamed column that was empty so far. Name the column.`,
      { file: this.#file, line, column: column + 1 },
    );
  }

  #badCell(cell: string, column: number, line: number): GradusError {
    const name = this.#columns.names[column];
    const values = { file: this.#file, line, row: this.#inputs.length, column: column + 1, name, value: cell };
    const where = `${this.#file}, line ${line}, column ${column + 1} (${name})`;
    const isBeyond = !Number.isNaN(toNumber(cell, this.#rules)) && !isGap(cell, this.#rules);
    if (isBeyond || /^[+-]?inf(inity)?$/i.test(cell)) {
      const what = isBeyond ? "beyond the range of float32 (3.4e38)" : "not finite";
      const text = `${where}: ${shownCell(cell)} is ${what}. Use another unit for the column, or drop the row.`;
      return new GradusError("not-finite", text, values);
    }
    return new GradusError(
      "bad-data",
      `${where}: ${shownCell(cell)} is not a finite number. ${this.#remedy(cell)}`,
      values,
    );
  }

  #remedy(cell: string): string {
    if (isGap(cell, this.#rules)) return 'Fill in the value, or set missing: "skip-row".';
    if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(cell))
      return 'Write numbers without thousands separators; if the comma is the decimal separator, set decimal: ",".';
    if (/^[+-]?\d*,\d+$/.test(cell)) return 'If the comma is the decimal separator, set decimal: ",".';
    return "Convert it to a number, or exclude the column with ignore.";
  }
}
