import type { Meaning, Point, Series } from "./series.ts";

/** One line of a table. */
export interface Row {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Values by index of the column, without empty cells: lines with many different keys would make a sparse table. */
  readonly values: ReadonlyMap<number, number>;
}

export interface Column {
  readonly name: string;
  readonly meaning: Meaning | undefined;
}

/** Turns rows into series. Steps and epochs come from the columns with that meaning; a row without a value keeps the last one.
 *  Without such columns rows are counted. */
export function seriesOf(
  columns: readonly Column[],
  rows: readonly Row[],
): { readonly series: readonly Series[]; readonly isByEpoch: boolean } {
  const steps = columns.findIndex(({ meaning }) => meaning?.kind === "step");
  const epochs = columns.findIndex(({ meaning }) => meaning?.kind === "epoch");
  const isGap = gaps(columns, rows);
  const points = columns.map((): Point[] => []);
  let step = 0;
  let epoch: number | undefined;
  for (const [index, row] of rows.entries()) {
    const ownEpoch = finiteOr(row.values.get(epochs), epoch);
    epoch = ownEpoch;
    const ownStep = steps >= 0 ? row.values.get(steps) : epochs >= 0 ? ownEpoch : index + 1;
    step = finiteOr(ownStep, step) ?? step;
    for (const [column, value] of row.values) {
      if (!isGap(row, column)) points[column]?.push({ step, epoch, value });
    }
  }
  const series = columns.map((column, index) => ({ ...column, points: points[index] as Point[] }));
  return { series, isByEpoch: steps < 0 && epochs >= 0 && isOnePerRow(rows, epochs) };
}

const finiteOr = (value: number | undefined, other: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : other;

function isOnePerRow(rows: readonly Row[], column: number): boolean {
  const values = rows.map(({ values }) => values.get(column)).filter((value) => value !== undefined);
  return new Set(values).size === values.length;
}

/** Some writers put "nan" in cells without a value: training loss in some rows, validation loss in others. In such logs a NaN counts
 *  only in a row without any other number. */
function gaps(columns: readonly Column[], rows: readonly Row[]): (row: Row, column: number) => boolean {
  const isMeasure = columns.map(({ meaning }) => meaning?.kind === "loss" || meaning?.kind === "accuracy");
  if (!isSparse(isMeasure, rows)) return () => false;
  const withNumber = new Set(rows.filter((row) => measuresOf(row, isMeasure, Number.isFinite).length > 0));
  return (row, column) => Number.isNaN(row.values.get(column)) && withNumber.has(row);
}

/** Whether two measures alternate: in one row the first is a number and the second NaN, in another the reverse. */
function isSparse(isMeasure: readonly boolean[], rows: readonly Row[]): boolean {
  const seen = new Set<number>();
  for (const row of rows) {
    const nans = measuresOf(row, isMeasure, Number.isNaN);
    if (nans.length === 0) continue;
    for (const number of measuresOf(row, isMeasure, Number.isFinite)) {
      for (const nan of nans) {
        if (seen.has(nan * isMeasure.length + number)) return true;
        seen.add(number * isMeasure.length + nan);
      }
    }
  }
  return false;
}

function measuresOf(row: Row, isMeasure: readonly boolean[], test: (value: number) => boolean): number[] {
  return [...row.values]
    .filter(([column, value]) => isMeasure[column] === true && test(value))
    .map(([column]) => column);
}
