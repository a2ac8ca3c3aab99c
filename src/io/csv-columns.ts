import { GradusError, requireArgument } from "../core/errors.ts";
import { listed } from "../core/listed.ts";
import { suggestion } from "../core/suggest.ts";
import { type CellRules, type CsvRecord, isGap, isNumber } from "./csv-cells.ts";

/** Which columns to read from a file. */
export interface ColumnOptions {
  readonly header?: boolean;
  readonly target?: string | number | null;
  readonly ignore?: readonly (string | number)[];
}

/** The columns of an earlier file, which this file must match. */
export interface CsvLayout {
  readonly features: number;
  /** Names from the earlier file's header, if it had one, in the order of the features. If this file has a header too, columns are
   *  matched by name; else by position. */
  readonly featureNames?: readonly string[] | undefined;
  readonly target?: string | undefined;
  /** Columns that were ignored; they may be present. */
  readonly ignored?: readonly string[];
  /** Whether the target column is required and read; otherwise it is optional and skipped. */
  readonly needsTarget: boolean;
}

/** The role of each column of a file. */
export interface CsvColumns {
  readonly hasHeader: boolean;
  /** Names of all columns; "column 2" for a column without a name. */
  readonly names: readonly string[];
  /** Column indices, in the order of the table. */
  readonly features: readonly number[];
  readonly target: number | undefined;
  /** Columns without a name that have been empty so far. */
  readonly empty: readonly number[];
  /** What was ignored automatically. */
  readonly notes: readonly string[];
}

/** Determines the roles of the columns from the first records.
 *  @throws GradusError `unknown-field`, `bad-argument` for a missing column; `bad-data` for two columns with the same name;
 *  `shape-mismatch` with `{ file, missing, foreign, expected, got }` if the columns do not match the layout. */
export function planColumns(
  head: readonly CsvRecord[],
  options: ColumnOptions,
  { file, rules, like }: { readonly file: string; readonly rules: CellRules; readonly like?: CsvLayout | undefined },
): CsvColumns {
  const first = head[0]?.cells ?? [];
  const wanted = like?.featureNames;
  const hasNames = wanted?.every((name) => first.includes(name)) === true;
  const hasHeader = options.header ?? (hasNames || looksLikeHeader(head, rules));
  const rows = hasHeader ? head.slice(1) : head;
  const names = first.map((name, column) => (hasHeader && name !== "" ? name : `column ${column}`));
  const isUnnamed = (column: number) => (hasHeader ? first[column] === "" : column === first.length - 1);
  const isEmpty = (column: number) => rows.length > 0 && rows.every(({ cells }) => cells[column] === "");
  const empty = [...names.keys()].filter((column) => isUnnamed(column) && isEmpty(column));
  const table = { file, names, hasHeader, length: lengthWithout(names.length, empty) };
  const isIndex = hasHeader && (first[0] === "" || first[0] === "Unnamed: 0") && countsRows(rows);
  const chosen =
    like === undefined
      ? ownColumns(table, options, empty, isIndex)
      : likeColumns(table, options, empty, isIndex, like, hasHeader ? wanted : undefined);
  const used = chosen.target === undefined ? chosen.features : [...chosen.features, chosen.target];
  if (hasHeader) requireDistinct(file, names, used);
  const left = empty.filter((column) => !used.includes(column) && !chosen.ignored.has(column));
  const notes = left.map((column) => `${file}: column ${column + 1} has no name and is empty; it is ignored`);
  if (isIndex && !used.includes(0) && !chosen.ignored.has(0))
    notes.push(`${file}: the first column has no name and numbers the rows; it is ignored`);
  return { hasHeader, names, features: chosen.features, target: chosen.target, empty: left, notes };
}

interface Table {
  readonly file: string;
  readonly names: readonly string[];
  readonly hasHeader: boolean;
  /** Number of columns without empty ones at the end: negative numbers count from here. */
  readonly length: number;
}

interface Chosen {
  readonly features: readonly number[];
  readonly target: number | undefined;
  readonly ignored: ReadonlySet<number>;
}

/** The columns that the options name. */
function ownColumns(table: Table, options: ColumnOptions, empty: readonly number[], isIndex: boolean): Chosen {
  const target = options.target === null ? undefined : locate(table, options.target ?? -1);
  const ignored = new Set((options.ignore ?? []).map((column) => locate(table, column)));
  const isLeft = (column: number) => column === target || ignored.has(column) || empty.includes(column);
  const features = [...table.names.keys()].filter((column) => !isLeft(column) && !(column === 0 && isIndex));
  requireArgument(
    features.length > 0,
    `${table.file}: no column is left as a feature; all ${table.names.length} are target or ignored.` +
      (table.names.length === 1 ? " If another character separates the columns, give it as delimiter." : ""),
    { file: table.file },
  );
  return { features, target, ignored };
}

/** The columns of a layout.
 *  @param expected names, if both files have them; else columns are matched by position. */
function likeColumns(
  table: Table,
  options: ColumnOptions,
  empty: readonly number[],
  isIndex: boolean,
  like: CsvLayout,
  expected: readonly string[] | undefined,
): Chosen {
  const { file, names } = table;
  const places = [...names.keys()];
  const isKnown = (column: string | number) => typeof column === "number" || names.includes(column);
  const ignore =
    expected !== undefined
      ? [...(like.ignored ?? []), ...(options.ignore ?? []).filter(isText)]
      : (options.ignore ?? []);
  const ignored = new Set(ignore.filter(isKnown).map((column) => locate(table, column)));
  if (expected === undefined) {
    const kept = places.filter((at) => !ignored.has(at) && !empty.includes(at) && !(at === 0 && isIndex));
    if (kept.length === like.features && !like.needsTarget) return { features: kept, target: undefined, ignored };
    const asked = options.target ?? -1;
    const hasTarget = options.target !== null && (like.needsTarget || isKnown(asked));
    const target = hasTarget ? locate(table, asked) : undefined;
    const features = kept.filter((column) => column !== target);
    if (features.length === like.features) return { features, target, ignored };
    throw new GradusError(
      "shape-mismatch",
      `${file}: ${features.length} features, expected ${like.features}. Give the file the same columns as the training data.`,
      { file, expected: like.features, got: features.length, columns: names },
    );
  }
  const wanted = new Set(expected);
  const placeOf = new Map(places.map((column) => [names[column] as string, column]));
  requireDistinct(
    file,
    names,
    places.filter((column) => wanted.has(names[column] as string) && !ignored.has(column)),
  );
  const isThere = like.target !== undefined && names.includes(like.target);
  const target = like.target !== undefined && (isThere || like.needsTarget) ? locate(table, like.target) : undefined;
  const features = expected.map((name) => placeOf.get(name) ?? -1);
  const missing = expected.filter((name) => !placeOf.has(name));
  const mayBeThere = (column: number) =>
    column === target || ignored.has(column) || empty.includes(column) || wanted.has(names[column] as string);
  const isRowNames = (column: number) => column === 0 && (isIndex || names[0] === "column 0");
  const foreign = places.filter((column) => !mayBeThere(column) && !isRowNames(column)).map((column) => names[column]);
  if (missing.length > 0 || foreign.length > 0) {
    throw new GradusError(
      "shape-mismatch",
      `${file}: ${mismatch(missing, foreign as string[])}. Expected ${listed(expected)}${like.target === undefined ? "" : `, and the target "${like.target}"`}.`,
      { file, missing, foreign, expected, got: names },
    );
  }
  return { features, target, ignored };
}

const isText = (value: string | number): value is string => typeof value === "string";

function mismatch(missing: readonly string[], foreign: readonly string[]): string {
  const said: string[] = [];
  if (missing.length > 0) said.push(`${listed(missing)} ${missing.length === 1 ? "is" : "are"} missing`);
  if (foreign.length > 0)
    said.push(`${listed(foreign)} ${foreign.length === 1 ? "was" : "were"} not in the training data`);
  return said.join(", and ");
}

function lengthWithout(length: number, empty: readonly number[]): number {
  let end = length;
  while (end > 1 && empty.includes(end - 1)) end--;
  return end;
}

function locate({ file, names, hasHeader, length }: Table, column: string | number): number {
  if (typeof column === "string") {
    const index = names.indexOf(column);
    if (index >= 0) {
      requireDistinct(file, names, [index, ...[...names.keys()].filter((at) => at !== index && names[at] === column)]);
      return index;
    }
    const hint = hasHeader ? suggestion(column, names) : " The file has no header; give the column number, from 0.";
    throw new GradusError("unknown-field", `${file}: there is no column "${column}".${hint}`, {
      file,
      field: column,
      known: names,
    });
  }
  const index = column < 0 ? length + column : column;
  requireArgument(
    Number.isInteger(index) && index >= 0 && index < names.length,
    `${file}: there is no column ${column}; the file has ${names.length} columns, numbered from 0.`,
    { file, column, columns: names.length },
  );
  return index;
}

/** @throws GradusError `bad-data` with `{ file, line, name, columns }` for the first name that appears twice among these columns. */
function requireDistinct(file: string, names: readonly string[], columns: readonly number[]): void {
  const seen = new Map<string, number>();
  for (const column of columns) {
    const name = names[column] as string;
    const other = seen.get(name);
    if (other === undefined) {
      seen.set(name, column);
      continue;
    }
    const numbers = [other, column].sort((a, b) => a - b);
    throw new GradusError(
      "bad-data",
      `${file}, line 1: two columns are named "${name}", number ${numbers.map((at) => at + 1).join(" and ")} from the left. ` +
        `Rename one, or ignore it by its number from 0: ignore: [${numbers[1]}].`,
      { file, line: 1, name, columns: numbers },
    );
  }
}

/** Whether the first column holds row numbers, as written by pandas or R: whole numbers of 0 or more, each once. */
function countsRows(rows: readonly CsvRecord[]): boolean {
  const cells = new Set(rows.map(({ cells }) => cells[0] as string));
  return rows.length > 0 && cells.size === rows.length && [...cells].every((cell) => /^\d{1,15}$/.test(cell));
}

/** The first row is a header if none of its cells is a number, or if one is not but all other cells of its column are. */
function looksLikeHeader([first, ...rest]: readonly CsvRecord[], rules: CellRules): boolean {
  if (first === undefined) return false;
  const isName = (cell: string) => !isNumber(cell, rules) && !isGap(cell, rules);
  if (first.cells.some(isName) && first.cells.every((cell) => isName(cell) || cell === "")) return true;
  const isNumeric = (column: number) =>
    rest.every(({ cells }) => isNumber(cells[column] ?? "", rules) || isGap(cells[column] ?? "", rules));
  return rest.length > 0 && first.cells.some((cell, column) => isName(cell) && isNumeric(column));
}
