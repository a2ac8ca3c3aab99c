import type { Meaning, Point, Series } from "./series.ts";

/** One line of a table: what stands under each name, and where it does not say. */
export interface Row {
  /** Line of the file, from 1. */
  readonly line: number;
  /** In the order of `names`; undefined: nothing stands there. */
  readonly values: readonly (number | undefined)[];
}

export interface Column {
  readonly name: string;
  readonly meaning: Meaning | undefined;
}

/** Turns rows into series. Steps and epochs are told by the columns of that meaning; a row that has none of its own keeps the last;
 *  without such columns rows are counted. */
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
    const ownEpoch = finiteOr(row.values[epochs], epoch);
    epoch = ownEpoch;
    const ownStep = steps >= 0 ? row.values[steps] : epochs >= 0 ? ownEpoch : index + 1;
    step = finiteOr(ownStep, step) ?? step;
    for (const [column, list] of points.entries()) {
      const value = row.values[column];
      if (value === undefined || isGap(row, column)) continue;
      list.push({ step, epoch, value });
    }
  }
  const series = columns.map((column, index) => ({ ...column, points: points[index] as Point[] }));
  return { series, isByEpoch: steps < 0 && epochs >= 0 && isOnePerRow(rows, epochs) };
}

const finiteOr = (value: number | undefined, other: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : other;

function isOnePerRow(rows: readonly Row[], column: number): boolean {
  const values = rows.map(({ values }) => values[column]).filter((value) => value !== undefined);
  return new Set(values).size === values.length;
}

/** Some writers put "nan" where there is nothing to say: training loss in some rows, validation loss in others. There, a NaN says
 *  something only in a row that has no other number. */
function gaps(columns: readonly Column[], rows: readonly Row[]): (row: Row, column: number) => boolean {
  const measures = [...columns.keys()].filter((column) => {
    const kind = columns[column]?.meaning?.kind;
    return kind === "loss" || kind === "accuracy";
  });
  const isNumber = (row: Row, column: number) => Number.isFinite(row.values[column] ?? Number.NaN);
  const isNan = (row: Row, column: number) => Number.isNaN(row.values[column] ?? 0);
  const sees = (a: number, b: number) => rows.some((row) => isNumber(row, a) && isNan(row, b));
  const isSparse = measures.some((a) => measures.some((b) => a < b && sees(a, b) && sees(b, a)));
  if (!isSparse) return () => false;
  return (row, column) => isNan(row, column) && measures.some((each) => isNumber(row, each));
}
