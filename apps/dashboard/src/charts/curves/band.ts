import { lowerBound } from "./axis.ts";
import type { Line } from "./lines.ts";

/** What several runs have in common: their median, in the range from the least to the largest. Columns of equal length. */
export interface Band {
  /** The runs, in order; the first one gives the band its look. */
  readonly lines: readonly Line[];
  readonly xs: Float64Array;
  /** Of the recorded values, so that a spike is not lost. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** Of the averages, where lines are smoothed. */
  readonly smoothRange: { readonly lows: Float64Array; readonly highs: Float64Array } | undefined;
  /** Of the averages, where lines are smoothed; else of the recorded values. */
  readonly medians: Float64Array;
}

/** Positions of a band: more than a chart has pixels would be drawn in vain. */
const MOST = 600;

/** The band of runs. At each position, every run counts that has begun and not ended, with its last value at or before it; the least and the
 *  largest value since the position before are kept, so that a spike is not lost. */
export function bandOf(lines: readonly Line[]): Band {
  const xs = unionOf(lines);
  const column = () => new Float64Array(xs.length).fill(Number.NaN);
  const [lows, highs, medians] = [column(), column(), column()];
  const smoothRange = lines.some(({ smooth }) => smooth !== undefined)
    ? { lows: column(), highs: column() }
    : undefined;
  const cursors = lines.map(() => 0);
  const values: number[] = [];
  for (let index = 0; index < xs.length; index++) {
    const x = xs[index] ?? 0;
    let [low, high] = [Infinity, -Infinity];
    values.length = 0;
    lines.forEach(({ xs: own, places, smooth }, member) => {
      const from = cursors[member] ?? 0;
      let to = from;
      while (to < own.length && (own[to] ?? Infinity) <= x) to++;
      cursors[member] = to;
      if (to === 0 || (to === own.length && to === from)) return;
      for (let place = Math.min(from, to - 1); place < to; place++) {
        low = least(low, places.lows[place]);
        high = -least(-high, -(places.highs[place] ?? Number.NaN));
      }
      const value = (smooth ?? places.lasts)[to - 1] ?? Number.NaN;
      if (!Number.isNaN(value)) values.push(value);
    });
    if (low > high) continue;
    lows[index] = low;
    highs[index] = high;
    medians[index] = medianOf(values);
    if (smoothRange === undefined) continue;
    // medianOf has sorted them
    smoothRange.lows[index] = values[0] ?? Number.NaN;
    smoothRange.highs[index] = values.at(-1) ?? Number.NaN;
  }
  return { lines, xs, lows, highs, smoothRange, medians };
}

const least = (low: number, value = Number.NaN) => (value < low ? value : low);

/** NaN of no values. */
export function medianOf(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const upper = values[middle] ?? Number.NaN;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** All positions of the lines, rising, or as many evenly taken ones; the first and the last are among them. */
function unionOf(lines: readonly Line[]): Float64Array {
  const all = new Float64Array(lines.reduce((sum, { xs }) => sum + xs.length, 0));
  let at = 0;
  for (const { xs } of lines) {
    all.set(xs, at);
    at += xs.length;
  }
  all.sort();
  let count = 0;
  for (const x of all) if (count === 0 || x !== all[count - 1]) all[count++] = x;
  const union = all.subarray(0, count);
  if (count <= MOST) return union;
  const [first = 0, last = 0] = [union[0], union[count - 1]];
  // evenly along the axis: a run with many points must not have more of them
  const taken = new Set<number>();
  for (let index = 0; index < MOST; index++) {
    const x = first + (index / (MOST - 1)) * (last - first);
    taken.add(union[Math.min(count - 1, lowerBound(union, count, x))] ?? last);
  }
  return Float64Array.from(taken).sort();
}

/** Lines by groups: bands of those that are several, and single lines. */
export function groupLines(lines: readonly Line[]): {
  readonly bands: readonly Band[];
  readonly singles: readonly Line[];
} {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const { group } = line.run;
    const found = groups.get(group);
    if (found === undefined) groups.set(group, [line]);
    else found.push(line);
  }
  const all = [...groups.values()];
  return {
    bands: all.filter(({ length }) => length > 1).map(bandOf),
    singles: all.filter(({ length }) => length === 1).flat(),
  };
}
