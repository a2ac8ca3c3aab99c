import { largest } from "../../core/extremes.ts";
import type { LoggedValue } from "./event.ts";

/** The writer reports that the run continues from this step, so earlier values of this and later steps are void. */
export interface Restart {
  readonly restartsAt: number;
}

/** The valid values of the files of one folder, in the order in which they were written.
 *    If a writer reports that the run restarts at step k, all earlier values of steps >= k are void.
 *    If a later file has the same tag without such a report, the tag's values of steps >= its first step there are void.
 *      For tags that the later file lacks, values of steps beyond the first steps of all shared tags are void.
 *  Source: TensorBoard, `purge_orphaned_data` of its event accumulator. */
export function withoutSuperseded(files: readonly (readonly (LoggedValue | Restart)[])[]): readonly LoggedValue[][] {
  // from the end, because later files decide
  let restart = Number.POSITIVE_INFINITY;
  const later = new Map<string, number>();
  const kept = files.toReversed().map((entries) => {
    const shared = new Set(entries.flatMap((entry) => ("tag" in entry ? (later.get(entry.tag) ?? []) : [])));
    const end = shared.size === 0 ? Number.POSITIVE_INFINITY : largest(shared);
    const first = new Map<string, number>();
    const values: LoggedValue[] = [];
    for (const entry of entries.toReversed()) {
      if ("restartsAt" in entry) {
        restart = Math.min(restart, entry.restartsAt);
        continue;
      }
      const { tag, step } = entry;
      const redone = later.get(tag);
      if (step < restart && (redone === undefined ? step <= end : step < redone)) values.push(entry);
      first.set(tag, Math.min(first.get(tag) ?? step, step));
    }
    for (const [tag, step] of first) later.set(tag, Math.min(later.get(tag) ?? step, step));
    return values.reverse();
  });
  return kept.reverse();
}
