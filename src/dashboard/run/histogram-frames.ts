import type { HistogramPoint } from "../../runs/types.ts";
import type { HistogramFrame } from "../protocol.ts";

/** At most so many histograms of a series, evenly taken, the first and the last among them (with one: the last). */
export function histogramFrames(points: readonly HistogramPoint[], most: number): readonly HistogramFrame[] {
  const count = Math.min(most, points.length);
  return Array.from({ length: count }, (_, index) => {
    const place = count === 1 ? points.length - 1 : Math.round((index * (points.length - 1)) / (count - 1));
    const { step, time, low, high, counts } = points[place] as HistogramPoint;
    return { step, time, low, high, counts };
  });
}
