import { GradusError } from "../core/errors.ts";
import { nearestName, suggestion } from "../core/suggest.ts";
import { type CsvRecord, isGap, isNumber } from "./csv-cells.ts";

/** Where targets stand. */
interface TargetColumn {
  readonly file: string;
  readonly column: number;
  readonly name: string;
}

/** The target column as float32 values.
 *  @throws GradusError `bad-data` with `{ file, line, column }`. */
export function valueTargets(
  records: readonly CsvRecord[],
  { file, column, name }: TargetColumn,
): { readonly targets: Float32Array } {
  const targets = Float32Array.from(records, ({ cells, line }) => {
    const cell = cells[column] as string;
    if (isNumber(cell)) return Number(cell);
    throw new GradusError(
      "bad-data",
      `${file}, line ${line}, column ${column + 1} (${name}): the target "${cell}" is not a finite number.`,
      {
        file,
        line,
        column: column + 1,
        name,
        value: cell,
      },
    );
  });
  return { targets };
}

/** The target column as class indices. Whole numbers that cover 0 to k - 1 are their own indices; anything else is indexed in sorted
 *  order (numbers by value, text by code point) and named.
 *  @throws GradusError `label-out-of-range` for a target that is not among the names given; `bad-data` for a gap. */
export function classTargets(
  records: readonly CsvRecord[],
  { file, column, name }: TargetColumn,
  given: readonly string[] | undefined,
): { readonly targets: Int32Array; readonly classes: number; readonly classNames?: readonly string[] } {
  const cells = records.map((record) => record.cells[column] as string);
  const empty = cells.findIndex((cell) => isGap(cell) && given?.includes(cell) !== true);
  if (empty >= 0) {
    const line = records[empty]?.line;
    throw new GradusError("bad-data", `${file}, line ${line}, column ${column + 1} (${name}): the class is missing.`, {
      file,
      line,
      column: column + 1,
      name,
    });
  }
  const distinct = [...new Set(cells)];
  const numeric = distinct.every(isNumber);
  if (given === undefined && numeric) {
    const highest = distinct.reduce((most, cell) => Math.max(most, Number(cell)), 0);
    const values = new Set(distinct.map(Number));
    const isIndex = values.size === highest + 1 && [...values].every((value) => Number.isInteger(value) && value >= 0);
    if (isIndex) return { targets: Int32Array.from(cells, Number), classes: highest + 1 };
  }
  const classNames = given ?? distinct.sort(numeric ? (a, b) => Number(a) - Number(b) : byCodePoint);
  const indices = new Map(classNames.map((className, index) => [className, index]));
  const targets = Int32Array.from(records, ({ cells, line }) => {
    const cell = cells[column] as string;
    const index = indices.get(cell);
    if (index !== undefined) return index;
    throw new GradusError(
      "label-out-of-range",
      `${file}, line ${line}, column ${column + 1} (${name}): "${cell}" is none of the ${classNames.length} classes.${suggestion(cell, classNames)}`,
      { file, line, column: column + 1, name, value: cell, suggestion: nearestName(cell, classNames) },
    );
  });
  return { targets, classes: classNames.length, classNames };
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
