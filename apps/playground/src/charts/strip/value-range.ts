import type { Histogram } from "gradus/watch";
import { niceStep } from "gradus-parts/base/scales.ts";

/** Share of the values that may lie outside the shared axis, at each end: single values far away must not squeeze all others. */
const OUTSIDE = 0.005;

/** The range that shows the bulk of every histogram, with round ends; it contains 0. */
export function valueRange(histograms: readonly Histogram[]): readonly [low: number, high: number] {
  let [low, high] = [0, 0];
  for (const histogram of histograms) {
    const [from, to] = bulkOf(histogram);
    if (from < low) low = from;
    if (to > high) high = to;
  }
  if (high - low === 0 || !Number.isFinite(high - low)) return [-1, 1];
  const step = niceStep((high - low) / 4);
  return [Math.floor(low / step + 1e-6) * step, Math.ceil(high / step - 1e-6) * step];
}

function bulkOf({ low, high, counts }: Histogram): readonly [number, number] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const width = (high - low) / counts.length;
  const least = OUTSIDE * total;
  let first = 0;
  for (let sum = counts[0] ?? 0; sum <= least && first < counts.length - 1; sum += counts[first] ?? 0) first++;
  let last = counts.length - 1;
  for (let sum = counts[last] ?? 0; sum <= least && last > first; sum += counts[last] ?? 0) last--;
  return [low + first * width, low + (last + 1) * width];
}

/** Follows the range at once where it grows; where it shrinks, only when it has become less than half: the axis must not move while it
 *  is read. */
export function steadyRange(
  before: readonly [number, number] | undefined,
  now: readonly [number, number],
): readonly [number, number] {
  if (before === undefined) return now;
  const grows = now[0] < before[0] || now[1] > before[1];
  const isFarSmaller = now[1] - now[0] < 0.5 * (before[1] - before[0]);
  return grows || isFarSmaller ? now : before;
}
