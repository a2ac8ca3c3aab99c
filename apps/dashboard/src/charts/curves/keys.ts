import { moved, moveOf } from "gradus-parts/base/keys.ts";
import type { Zoom } from "../../state/settings.ts";
import { lowerBound } from "./axis.ts";
import type { Line } from "./lines.ts";

/** Of the range that is in sight, what one press shows. */
const FACTOR = 0.5;

/** The zoom after a key: plus and minus zoom around the cursor, 0 and Escape show everything. Undefined: the key does not zoom. */
export function zoomedBy(
  event: KeyboardEvent,
  [from, to]: readonly [number, number],
  cursor: number | undefined,
): Zoom | "all" | undefined {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (key === "0" || key === "Escape") return "all";
  const factor = key === "+" || key === "=" ? FACTOR : key === "-" ? 1 / FACTOR : undefined;
  if (factor === undefined) return undefined;
  event.preventDefault();
  const middle = cursor === undefined || cursor < from || cursor > to ? (from + to) / 2 : cursor;
  return { from: middle - (middle - from) * factor, to: middle + (to - middle) * factor };
}

/** The cursor's position after a key: from point to point of the line that has most of them in sight. Undefined: the key does not move it. */
export function movedBy(
  event: KeyboardEvent,
  lines: readonly Line[],
  [from, to]: readonly [number, number],
  cursor: number | undefined,
): number | undefined {
  const move = moveOf(event, true);
  if (move === undefined) return undefined;
  const all = lines.map(({ xs }) => xs.subarray(lowerBound(xs, xs.length, from), countUpTo(xs, to)));
  const points = all.reduce((most, xs) => (xs.length > most.length ? xs : most), new Float64Array(0));
  if (points.length === 0) return undefined;
  const place = cursor === undefined ? points.length - 1 : lowerBound(points, points.length, cursor);
  const isFirst = cursor === undefined && Number.isFinite(move[0]);
  return points[moved(Math.min(place, points.length - 1), isFirst ? 0 : move[0], points.length)];
}

function countUpTo(xs: Float64Array, to: number): number {
  const count = lowerBound(xs, xs.length, to);
  return xs[count] === to ? count + 1 : count;
}
