import type { Places } from "../../data/places.ts";
import type { Curve, Drawn, StepRange } from "../../state/curve.ts";
import type { Look } from "../../state/looks.ts";
import type { View } from "../../state/settings.ts";
import { type AxisRun, lowerBound, positionOf, positions } from "./axis.ts";
import { reachOf, smooth } from "./smooth.ts";

/** A run whose curve is drawn. */
export interface LineRun extends AxisRun {
  readonly id: string;
  /** As it is shown. */
  readonly name: string;
  readonly look: Look;
  readonly group: string;
}

export interface OddMark {
  readonly x: number;
  readonly value: number;
}

/** A curve on the horizontal axis. Columns are of equal length. */
export interface Line {
  readonly run: LineRun;
  /** Rising. */
  readonly xs: Float64Array;
  readonly places: Places;
  /** Whether every place is one point. */
  readonly isExact: boolean;
  /** Undefined: as recorded. */
  readonly smooth: Float64Array | undefined;
  readonly odd: readonly OddMark[];
  readonly oddCount: number;
}

export type LineSettings = Pick<View, "axis" | "smoothing">;

/** The line of a curve; undefined where the run is not on the axis: it has no epochs, or no times.
 *  @param range the steps that are in sight, if not all are: where the curve has them more finely, that is drawn. */
export function lineOf(
  run: LineRun,
  curve: Curve,
  { axis, smoothing }: LineSettings,
  range?: StepRange | undefined,
): Line | undefined {
  const { whole, close } = curve;
  const wholeXs = positions(whole.places, axis, run);
  if (wholeXs === undefined) return undefined;
  const isClose = range !== undefined && close !== undefined && close.from <= range.from && close.to >= range.to;
  const drawn: Drawn = isClose ? close : whole;
  const { places, total, odd, oddCount } = drawn;
  const xs = drawn === whole ? wholeXs : (positions(places, axis, run, whole.places) ?? wholeXs);
  return {
    run,
    xs,
    places,
    isExact: total === places.length,
    smooth: smoothing > 0 ? smoothed(xs, places, wholeXs, whole.places, smoothing) : undefined,
    odd: [
      ...odd.map(({ step, value }) => ({ x: positionOf(step, axis, run, whole.places), value })),
      ...(oddCount > odd.length ? emptyPlaces(xs, places, odd.at(-1)?.step ?? -Infinity) : []),
    ],
    oddCount,
  };
}

/** Only the first values that are not finite are listed: after them, places without a finite value stand for them. */
function emptyPlaces(xs: Float64Array, { steps, lasts }: Places, after: number): readonly OddMark[] {
  const marks: OddMark[] = [];
  xs.forEach((x, place) => {
    if ((steps[place] ?? 0) > after && Number.isNaN(lasts[place])) marks.push({ x, value: Number.NaN });
  });
  return marks;
}

/** A closer look goes on from the average of what was before it. */
function smoothed(
  xs: Float64Array,
  places: Places,
  wholeXs: Float64Array,
  whole: Places,
  smoothing: number,
): Float64Array {
  const span = (wholeXs[wholeXs.length - 1] ?? 0) - (wholeXs[0] ?? 0);
  const reach = reachOf(smoothing, span) || 1;
  const all = smooth(wholeXs, whole.lasts, reach);
  if (places === whole) return all;
  const before = lowerBound(wholeXs, wholeXs.length, xs[0] ?? 0) - 1;
  const mean = all[before];
  const start = mean === undefined || Number.isNaN(mean) ? undefined : { x: wholeXs[before] ?? 0, mean };
  return smooth(xs, places.lasts, reach, start);
}

/** Where the lines begin and end; undefined without any. */
export function extentOf(lines: readonly Line[]): readonly [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const { xs, odd } of lines) {
    const [first, last] = [xs[0] ?? odd[0]?.x, xs[xs.length - 1] ?? odd.at(-1)?.x];
    if (first !== undefined && first < low) low = first;
    if (last !== undefined && last > high) high = last;
  }
  return low > high ? undefined : [low, high];
}

/** The place of a line that is nearest to a position; undefined where the line has nothing within `reach`. */
export function nearest({ xs }: Pick<Line, "xs">, x: number, reach: number): number | undefined {
  const after = lowerBound(xs, xs.length, x);
  const isBefore = after > 0 && (after === xs.length || x - (xs[after - 1] ?? 0) < (xs[after] ?? 0) - x);
  const place = isBefore ? after - 1 : after;
  const found = xs[place];
  return found === undefined || Math.abs(found - x) > reach ? undefined : place;
}
