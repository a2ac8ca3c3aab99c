import type { StoredDistribution } from "./distribution.ts";
import type { HistogramBins } from "./event-content.ts";

const BINS = 30;
/** So many bins of equal width stay as they are. */
const MOST_BINS = 128;

/** A distribution in bins of equal width: its own buckets if they are such bins, else 30. A bucket that lies in several bins is divided among them by its width. One without a width
 *  belongs to the bin that begins there, the highest to the last bin. Values that are all equal are one bin. */
export function evenBins(distribution: StoredDistribution): HistogramBins {
  const { low, high, lows, highs, counts } = distribution;
  if (isEven(distribution)) {
    return { low: lows[0] as number, high: highs[highs.length - 1] as number, counts: Array.from(counts) };
  }
  const width = (high - low) / BINS;
  const even = new Float64Array(width > 0 ? BINS : 1);
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index] as number;
    if (!(count > 0)) continue;
    const from = place((lows[index] as number) - low, width, even.length);
    const to = place((highs[index] as number) - low, width, even.length);
    const first = Math.min(Math.floor(from), even.length - 1);
    const last = Math.min(Math.floor(to), even.length - 1);
    if (first === last) even[first] = (even[first] as number) + count;
    else
      for (let bin = first; bin <= last; bin++) {
        const share = (Math.min(to, bin + 1) - Math.max(from, bin)) / (to - from);
        even[bin] = (even[bin] as number) + count * share;
      }
  }
  return { low, high, counts: Array.from(even) };
}

/** Whether the buckets follow each other and are equally wide, but for rounding. */
function isEven({ lows, highs, counts }: StoredDistribution): boolean {
  const bins = counts.length;
  if (bins < 2 || bins > MOST_BINS) return false;
  const start = lows[0] as number;
  const width = ((highs[bins - 1] as number) - start) / bins;
  const isNear = (edge: number, bin: number) => Math.abs(edge - (start + bin * width)) <= 1e-6 * width;
  for (let bin = 0; bin < bins; bin++) {
    if (!isNear(lows[bin] as number, bin) || !isNear(highs[bin] as number, bin + 1)) return false;
  }
  return width > 0;
}

/** Where in the bins a distance from their start lies: 0 to their number. */
function place(distance: number, width: number, bins: number): number {
  const at = width > 0 ? distance / width : 0;
  return at > 0 ? Math.min(at, bins) : 0;
}
