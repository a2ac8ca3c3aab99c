import type { Histogram } from "gradus/watch";

const BINS = 40;

/** A histogram of the finite values between the lowest and the highest of them. Values that are all equal lie in one bin of width 1. */
export function histogramOf(values: ArrayLike<number>): Histogram {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const counts = new Array<number>(BINS).fill(0);
  if (low > high) return { low: 0, high: 1, counts };
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const scale = BINS / (high - low);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(BINS - 1, Math.floor((value - low) * scale));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, counts };
}
