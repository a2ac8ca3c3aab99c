import type { RunSummary } from "gradus/dashboard-protocol";
import type { RunGroup } from "./group.ts";

/** Heights in the list, in px: fixed, so that a list of thousands knows where each row is. */
export const RUN_HEIGHT = 52;
export const HEADING_HEIGHT = 32;

/** A row of the list: the heading of a group, or a run. `place`: its number, from 1. */
export type Row =
  | { readonly kind: "heading"; readonly group: RunGroup; readonly place: number; readonly top: number }
  | { readonly kind: "run"; readonly run: RunSummary; readonly place: number; readonly top: number };

export interface Rows {
  readonly rows: readonly Row[];
  /** The runs in their order, without headings. */
  readonly runs: readonly RunSummary[];
  readonly height: number;
}

/** Places the runs of the groups one below the other. One group has no heading. */
export function layRows(groups: readonly RunGroup[], hasHeadings: boolean): Rows {
  const rows: Row[] = [];
  const runs: RunSummary[] = [];
  let top = 0;
  for (const group of groups) {
    if (hasHeadings) {
      rows.push({ kind: "heading", group, place: rows.length + 1, top });
      top += HEADING_HEIGHT;
    }
    for (const run of group.runs) {
      rows.push({ kind: "run", run, place: rows.length + 1, top });
      runs.push(run);
      top += RUN_HEIGHT;
    }
  }
  return { rows, runs, height: top };
}

/** The rows that touch a window of the list, by bisection. */
export function rowsWithin({ rows }: Rows, from: number, to: number): readonly Row[] {
  const first = Math.max(0, firstAfter(rows, from) - 1);
  return rows.slice(first, firstAfter(rows, to));
}

/** The index of the first row that begins at a place or below it. */
function firstAfter(rows: readonly Row[], place: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.top ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
