import { linearRange, logRange } from "gradus-parts/curves/ranges.ts";
import { lowerBound } from "./axis.ts";
import type { Line } from "./lines.ts";

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** Values that a log axis cannot show, and values beyond the ends, of those that are in sight. Of a place that stands for several points,
   *  the least and the largest count. */
  readonly notPositive: number;
  readonly outliers: number;
}

interface RangeOptions {
  readonly isLog: boolean;
  readonly ignoresOutliers: boolean;
  /** What is in sight. */
  readonly from: number;
  readonly to: number;
}

/** Share of the values at each end that is left out where outliers are ignored. */
const TAIL = 0.01;

/** The ends of the vertical axis: around all that is in sight, spikes included, or around the middle 98 % of it. */
export function valueRange(lines: readonly Line[], { isLog, ignoresOutliers, from, to }: RangeOptions): ValueRange {
  let [low, high, notPositive] = [Infinity, -Infinity, 0];
  const values: number[] = [];
  const include = (value: number) => {
    if (Number.isNaN(value) || (isLog && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  const take = (value: number | undefined) => {
    if (value === undefined || Number.isNaN(value)) return;
    if (isLog && value <= 0) {
      notPositive++;
      return;
    }
    include(value);
    if (ignoresOutliers) values.push(value);
  };
  for (const { xs, places, smooth } of lines) {
    const { lows, highs } = places;
    for (let place = lowerBound(xs, xs.length, from); place < xs.length && (xs[place] ?? 0) <= to; place++) {
      const [least, most] = [lows[place], highs[place]];
      take(least);
      if (most !== least) take(most);
      // an average lags behind: it may be where no value in sight is
      const average = smooth?.[place];
      if (average !== undefined && !(average >= (least ?? 0) && average <= (most ?? 0))) include(average);
    }
  }
  if (low > high) return { ...ends(isLog ? [0.1, 10] : [0, 1]), notPositive, outliers: 0 };
  const range = isLog ? logRange : linearRange;
  if (!ignoresOutliers) return { ...ends(range(low, high)), notPositive, outliers: 0 };
  const sorted = Float64Array.from(values).sort();
  const tail = Math.floor(TAIL * sorted.length);
  const inner = ends(range(sorted[tail] ?? low, sorted[sorted.length - 1 - tail] ?? high));
  const outliers = lowerBound(sorted, sorted.length, inner.low) + sorted.filter((value) => value > inner.high).length;
  return { ...inner, notPositive, outliers };
}

const ends = ([low, high]: readonly [number, number]) => ({ low, high });
