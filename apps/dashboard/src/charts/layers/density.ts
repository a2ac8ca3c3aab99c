import type { HistogramFrame } from "gradus/dashboard-protocol";

/** Histograms on one scale of values. */
export interface Density {
  readonly low: number;
  readonly high: number;
  /** For each frame the share of the values in each of `rows` equal parts, from the bottom up. */
  readonly columns: readonly Float64Array[];
}

/** Puts histograms, each with bins of its own, on one scale. A bin that lies in several parts is divided among them by length.
 *  @param rows parts of the scale. */
export function densityOf(frames: readonly HistogramFrame[], rows: number): Density {
  let [low, high] = [Infinity, -Infinity];
  for (const frame of frames) {
    if (frame.low < low) low = frame.low;
    if (frame.high > high) high = frame.high;
  }
  if (low > high) return { low: 0, high: 1, columns: [] };
  // all values are equal, or nearly: the axis needs some length
  if (!Number.isFinite(rows / (high - low))) [low, high] = [low - 0.5, high + 0.5];
  const scale = rows / (high - low);
  return { low, high, columns: frames.map((frame) => columnOf(frame, rows, (value) => (value - low) * scale)) };
}

function columnOf({ low, high, counts }: HistogramFrame, rows: number, place: (value: number) => number): Float64Array {
  const column = new Float64Array(rows);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return column;
  const width = (high - low) / counts.length;
  counts.forEach((count, bin) => {
    const [from, to] = [place(low + bin * width), place(low + (bin + 1) * width)];
    const first = Math.max(0, Math.min(rows - 1, Math.floor(from)));
    // a bin without length is in one part
    if (!(to > from)) {
      column[first] = (column[first] ?? 0) + count / total;
      return;
    }
    for (let row = first; row < rows && row < to; row++) {
      const share = (Math.min(to, row + 1) - Math.max(from, row)) / (to - from);
      column[row] = (column[row] ?? 0) + (share * count) / total;
    }
  });
  return column;
}

/** The value below which a share of a histogram's values lies. */
export function quantileOf({ low, high, counts }: HistogramFrame, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && before + count >= share * total) {
      const part = (share * total - before) / count;
      return low + ((bin + part) / counts.length) * (high - low);
    }
    before += count;
  }
  return high;
}
