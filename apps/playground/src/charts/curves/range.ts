import { linearRange, logRange } from "gradus-parts/curves/ranges.ts";
import type { Aligned } from "./align.ts";
import type { CurveName } from "./sources.ts";

/** A loss that explodes would flatten all that was before: a linear axis ends at this multiple of the first loss. */
const MOST = 10;

/** The ends of the vertical axis. Accuracy: 0 to 1. Loss: all of it, from 0 unless it is far away; on a log axis, whole decades or the
 *  least multiples of a power of ten around it. */
export function valueRange(columns: readonly Aligned[], what: CurveName, isLog: boolean): readonly [number, number] {
  // the line at 100% is not cut
  if (what === "accuracy") return [0, 1.02];
  let [low, high] = [Infinity, -Infinity];
  for (const column of columns)
    for (const value of column) {
      if (value === null || value === undefined) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  if (low > high) return isLog ? [0.1, 10] : [0, 1];
  if (isLog) return logRange(low, high);
  const first = columns.map((column) => column.find((value) => typeof value === "number")).find((value) => value);
  const top = Math.max(low, Math.min(high, MOST * Math.abs(first ?? high)));
  return linearRange(low, top);
}
