import { largest } from "../../core/extremes.ts";
import type { Column } from "./columns.ts";
import type { Segment } from "./event-scanner.ts";
import type { TagValues } from "./tag-table.ts";

/** A file, as far as restarts concern it. */
export interface RestartedFile<Stored> {
  readonly segments: readonly Segment<Stored>[];
  readonly firstSteps: ReadonlyMap<string, number>;
}

/** The values of one segment that are valid: those of steps before `below`. */
export interface Piece<Kind extends Column> {
  readonly column: Kind;
  readonly below: number;
}

/** For every tag, in order of appearance, the bound below which the values of each segment of each file are valid.
 *    If a writer reports that the run restarts at step k, all earlier values of steps >= k are void.
 *    If a later file has the same tag without such a report, the tag's values of steps >= its first step there are void.
 *      For tags that the later file lacks, values of steps beyond the first steps of all shared tags are void.
 *  @param files those of one folder, in the order in which they were written. @param visit is called in the order of writing.
 *  Source: TensorBoard, `purge_orphaned_data` of its event accumulator. */
export function visitValid<Stored>(
  files: readonly RestartedFile<Stored>[],
  visit: (tag: string, values: TagValues<Stored>, below: number) => void,
): void {
  const visits: (() => void)[] = [];
  // from the end, because later files decide
  let restart = Number.POSITIVE_INFINITY;
  const later = new Map<string, number>();
  for (const { segments, firstSteps } of files.toReversed()) {
    const shared = [...firstSteps.keys()].flatMap((tag) => later.get(tag) ?? []);
    // steps are whole numbers, and the largest one itself is valid
    const end = shared.length === 0 ? Number.POSITIVE_INFINITY : largest(shared) + 1;
    for (const { restartsAt, tags } of segments.toReversed()) {
      const bound = restart;
      for (const [tag, values] of [...tags].reverse()) {
        const below = Math.min(bound, later.get(tag) ?? end);
        visits.push(() => visit(tag, values, below));
      }
      if (restartsAt !== undefined) restart = Math.min(restart, restartsAt);
    }
    for (const [tag, step] of firstSteps) later.set(tag, Math.min(later.get(tag) ?? step, step));
  }
  for (const call of visits.reverse()) call();
}

/** The valid values of one tag, by step. For a repeated step (in a resumed run), the later value counts.
 *  A single column that is wholly valid is returned itself, not copied. */
export function joinPieces<Kind extends Column>(pieces: readonly Piece<Kind>[]): Kind | undefined {
  const [only] = pieces;
  if (only === undefined) return undefined;
  if (pieces.length === 1 && only.column.isAscending && only.column.most < only.below) return only.column;
  const all = only.column.emptied();
  for (const { column, below } of pieces) {
    for (let row = 0; row < column.length; row++) {
      if ((column.steps[row] as number) < below) all.pushFrom(column, row);
    }
  }
  return all.isAscending ? all : inOrder(all);
}

/** Sorted by step; of equal steps the last row alone. */
function inOrder<Kind extends Column>(column: Kind): Kind {
  const { steps, length } = column;
  // sorting is stable, so the last of equal steps is the one that was written last
  const rows = Uint32Array.from({ length }, (_, row) => row).sort(
    (a, b) => (steps[a] as number) - (steps[b] as number) || a - b,
  );
  const sorted = column.emptied();
  for (const [index, row] of rows.entries()) {
    if (index + 1 < length && steps[rows[index + 1] as number] === steps[row]) continue;
    sorted.pushFrom(column, row);
  }
  return sorted;
}
