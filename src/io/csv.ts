import { CsvError, parse } from "csv-parse/sync";
import { GradusError, requireArgument } from "../core/errors.ts";
import { suggestion } from "../core/suggest.ts";
import { type CsvRecord, isGap, isNumber } from "./csv-cells.ts";
import { likelyDelimiter } from "./csv-delimiter.ts";
import { classTargets, valueTargets } from "./csv-targets.ts";

export interface CsvOptions {
  /** Whether the first line names the columns. Default: told from the content. It does where none of its cells is a number, or where
   *  one of its cells is not, but all others of that column are. */
  readonly header?: boolean;
  /** The column to predict: its name, or its number from 0, or from the end as -1, -2, …; null where there is none. Default -1. */
  readonly target?: string | number | null;
  /** Default: `classification` where targets are text, or whole numbers that cover 0 to k - 1 without a gap; else `regression`. */
  readonly task?: "classification" | "regression";
  /** Columns to leave out, by name or number. */
  readonly ignore?: readonly (string | number)[];
  /** One character. Default: the one of comma, semicolon and tab that the first line has most of. */
  readonly delimiter?: string;
  /** What to do with a row that has a gap: an empty cell, "?", "NA", "NaN" or "null". Default "error". */
  readonly missing?: "error" | "skip-row";
  /** Names of the classes in the order of their indices; a target that is none of them is an error. Default: sorted as they come. */
  readonly classNames?: readonly string[];
}

/** A table of numbers: N rows, F features. */
export interface CsvTable {
  readonly length: number;
  readonly featureNames: readonly string[];
  /** (N, F), row by row. */
  readonly inputs: Float32Array;
  readonly targetName?: string;
  /** (N,): class indices as int32, or values as float32. */
  readonly targets?: Int32Array | Float32Array;
  /** Of the classes, where targets are text or numbers with gaps. */
  readonly classNames?: readonly string[];
  readonly classes?: number;
  /** Rows left out because of a gap. */
  readonly skippedRows: number;
}

/** Reads numbers and one target column from CSV text.
 *  @param file name for error messages.
 *  @throws GradusError `bad-data` with `{ file, line, column }` for rows of unequal length and cells that are not numbers;
 *  `empty-dataset` without rows; `unknown-field` for a column that is not there; `label-out-of-range` for a class without a name. */
export function parseCsv(text: string, options: CsvOptions = {}, file = "csv"): CsvTable {
  const all = parseRecords(text, options.delimiter ?? likelyDelimiter(text), file);
  const hasHeader = options.header ?? looksLikeHeader(all);
  const width = all[0]?.cells.length ?? 0;
  const names =
    hasHeader && all[0] !== undefined ? all[0].cells : Array.from({ length: width }, (_, i) => `column ${i}`);
  const given = hasHeader ? all.slice(1) : all;
  if (given.length === 0) {
    throw new GradusError("empty-dataset", `${file}: there are no rows${hasHeader ? " below the header" : ""}.`, {
      file,
    });
  }
  const locate = (column: string | number) => columnIndex(file, names, hasHeader, column);
  const target = options.target === null ? undefined : locate(options.target ?? -1);
  const ignored = new Set((options.ignore ?? []).map(locate));
  const features = [...names.keys()].filter((column) => column !== target && !ignored.has(column));
  requireArgument(
    features.length > 0,
    `${file}: no column is left as a feature; ${names.length} in all, the rest is target or ignored.`,
    {
      file,
    },
  );
  const used = target === undefined ? features : [...features, target];
  const records =
    options.missing === "skip-row" ? given.filter(({ cells }) => !used.some((i) => isGap(cells[i] as string))) : given;
  if (records.length === 0)
    throw new GradusError("empty-dataset", `${file}: every row has a gap.`, { file, skipped: given.length });

  const table = {
    length: records.length,
    featureNames: features.map((column) => names[column] as string),
    inputs: readFeatures(records, features, names, file),
    skippedRows: given.length - records.length,
  };
  if (target === undefined) return table;
  const where = { file, column: target, name: names[target] as string };
  const targets = isClassification(records, target, options)
    ? classTargets(records, where, options.classNames)
    : valueTargets(records, where);
  return { ...table, targetName: where.name, ...targets };
}

function parseRecords(text: string, delimiter: string, file: string): readonly CsvRecord[] {
  try {
    const lines: number[] = [];
    const records = parse(text, {
      bom: true,
      trim: true,
      delimiter,
      skip_empty_lines: true,
      max_record_size: 0,
      on_record: (cells, context) => {
        lines.push(context.lines);
        return cells;
      },
    });
    return records.map((cells, index) => ({ cells, line: lines[index] as number }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new GradusError(
      "bad-data",
      `${file}, line ${cause.lines}: ${cause.message}.`,
      { file, line: cause.lines, reason: cause.code },
      { cause },
    );
  }
}

function looksLikeHeader([first, ...rest]: readonly CsvRecord[]): boolean {
  if (first === undefined) return false;
  if (first.cells.every((cell) => !isNumber(cell) && !isGap(cell))) return true;
  const isNumeric = (column: number) =>
    rest.every(({ cells }) => isNumber(cells[column] as string) || isGap(cells[column] as string));
  return rest.length > 0 && first.cells.some((cell, column) => !isNumber(cell) && !isGap(cell) && isNumeric(column));
}

function columnIndex(file: string, names: readonly string[], hasHeader: boolean, column: string | number): number {
  if (typeof column === "string") {
    const index = names.indexOf(column);
    if (index >= 0) return index;
    const hint = hasHeader ? suggestion(column, names) : " The file has no header; give the column's number, from 0.";
    throw new GradusError("unknown-field", `${file}: there is no column "${column}".${hint}`, {
      file,
      field: column,
      known: names,
    });
  }
  const index = column < 0 ? names.length + column : column;
  requireArgument(
    Number.isInteger(index) && index >= 0 && index < names.length,
    `${file}: there is no column ${column}; there are ${names.length}, numbered from 0.`,
    { file, column, columns: names.length },
  );
  return index;
}

function readFeatures(
  records: readonly CsvRecord[],
  features: readonly number[],
  names: readonly string[],
  file: string,
): Float32Array {
  const inputs = new Float32Array(records.length * features.length);
  let place = 0;
  for (const { cells, line } of records) {
    for (const column of features) {
      const cell = cells[column] as string;
      if (!isNumber(cell)) {
        const remedy = isGap(cell)
          ? 'Fill the gap, or set missing: "skip-row".'
          : "Turn it into a number, or leave the column out with ignore.";
        throw new GradusError(
          "bad-data",
          `${file}, line ${line}, column ${column + 1} (${names[column]}): "${cell}" is not a finite number. ${remedy}`,
          { file, line, column: column + 1, name: names[column], value: cell },
        );
      }
      inputs[place++] = Number(cell);
    }
  }
  return inputs;
}

function isClassification(records: readonly CsvRecord[], target: number, { task, classNames }: CsvOptions): boolean {
  if (task !== undefined) return task === "classification";
  if (classNames !== undefined) return true;
  const cells = new Set(records.map(({ cells }) => cells[target] as string));
  if ([...cells].some((cell) => !isNumber(cell) && !isGap(cell))) return true;
  const distinct = new Set([...cells].filter(isNumber).map(Number));
  return (
    distinct.size > 1 && [...distinct].every((value) => Number.isInteger(value) && value >= 0 && value < distinct.size)
  );
}
