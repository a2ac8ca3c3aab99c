import type { Source } from "./sources.ts";

/** A point of a curve: null breaks the line, undefined does not. */
export type Aligned = (number | null | undefined)[];

/** Curves on one list of steps. */
export interface AlignedCurves {
  readonly steps: number[];
  readonly columns: readonly Aligned[];
}

/** Puts curves on the union of their steps. Values that are not finite, or that a log axis cannot show, break the line. */
export function align(sources: readonly Source[], isLog: boolean): AlignedCurves {
  const lists = [...new Set(sources.map(({ steps }) => steps))];
  const steps = lists.length === 1 ? [...(lists[0] ?? [])] : union(lists);
  const columns = sources.map((source) => {
    const column: Aligned = new Array(steps.length);
    let place = 0;
    source.values.forEach((value, index) => {
      while (place < steps.length && (steps[place] ?? 0) < (source.steps[index] ?? 0)) place++;
      if (value !== undefined) column[place] = Number.isFinite(value) && !(isLog && value <= 0) ? value : null;
    });
    return column;
  });
  return { steps, columns };
}

function union(lists: readonly (readonly number[])[]): number[] {
  const all = Float64Array.from(lists.flat()).sort();
  const steps: number[] = [];
  for (const step of all) if (step !== steps.at(-1)) steps.push(step);
  return steps;
}

/** The value of a curve at a place, or the last one before it. */
export function valueAt(column: Aligned | undefined, place: number): number | undefined {
  for (let index = place; index >= 0; index--) {
    const value = column?.[index];
    if (value !== undefined) return value ?? undefined;
  }
  return undefined;
}
