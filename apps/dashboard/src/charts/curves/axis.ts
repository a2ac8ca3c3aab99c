import type { RunSummary } from "gradus/dashboard-protocol";
import type { Places } from "../../data/places.ts";
import type { StepRange } from "../../state/curve.ts";
import type { Axis, Zoom } from "../../state/settings.ts";

/** What of a run the horizontal axis needs. */
export type AxisRun = Pick<RunSummary, "steps" | "epochs" | "createdAt">;

/** Steps of one epoch; undefined where the run does not say. */
export function stepsPerEpoch({ steps, epochs }: AxisRun): number | undefined {
  return steps !== null && epochs !== null && steps > 0 && epochs > 0 ? steps / epochs : undefined;
}

/** Where a run's places stand on the axis, rising: steps, epochs, or seconds since the run began. Undefined where the run has no epochs, or
 *  no times. A clock that goes back stands still until it has caught up. */
export function positions(places: Places, axis: Axis, run: AxisRun, whole: Places = places): Float64Array | undefined {
  const { length, steps, times } = places;
  if (axis === "step") return steps.subarray(0, length);
  if (axis === "epoch") {
    const each = stepsPerEpoch(run);
    return each === undefined ? undefined : steps.slice(0, length).map((step) => step / each);
  }
  const start = beginOf(run, whole);
  if (start === undefined) return undefined;
  const result = new Float64Array(length);
  let latest = 0;
  for (let place = 0; place < length; place++) {
    const time = ((times[place] ?? Number.NaN) - start) / 1000;
    if (time > latest) latest = time;
    result[place] = latest;
  }
  return result;
}

/** Where one step stands on the axis. @param whole the run's curve, for times. */
export function positionOf(step: number, axis: Axis, run: AxisRun, whole: Places): number {
  if (axis === "step") return step;
  if (axis === "epoch") return step / (stepsPerEpoch(run) ?? Number.NaN);
  const start = beginOf(run, whole);
  const { length, steps, times } = whole;
  if (start === undefined || length === 0) return Number.NaN;
  const place = lowerBound(steps, length, step);
  const [before, after] = [Math.max(0, place - 1), Math.min(length - 1, place)];
  const [from, to] = [steps[before] ?? 0, steps[after] ?? 0];
  const share = to > from ? Math.min(1, (step - from) / (to - from)) : 0;
  const [early = 0, late = 0] = [times[before], times[after]];
  return Math.max(0, (early + share * (late - early) - start) / 1000);
}

/** The steps of a run that lie in a part of the axis, and a little more at both ends, so that lines go on to the edges. Undefined: the part
 *  is not in the run, or the run is not on the axis. */
export function stepsIn(zoom: Zoom, axis: Axis, run: AxisRun, whole: Places): StepRange | undefined {
  const xs = positions(whole, axis, run);
  if (xs === undefined || xs.length === 0) return undefined;
  const more = 0.1 * (zoom.to - zoom.from);
  const [from, to] = [zoom.from - more, zoom.to + more];
  const { steps } = whole;
  if (to < (xs[0] ?? 0) || from > (xs[xs.length - 1] ?? 0)) return undefined;
  if (axis === "step") return { from: Math.ceil(from), to: Math.floor(to) };
  const each = stepsPerEpoch(run);
  if (axis === "epoch" && each !== undefined) return { from: Math.ceil(from * each), to: Math.floor(to * each) };
  // a place has the time of its last step: the one before begins the range
  const first = Math.max(0, lowerBound(xs, xs.length, from) - 1);
  const last = lowerBound(xs, xs.length, to);
  return { from: steps[first] ?? 0, to: last >= xs.length ? Number.MAX_SAFE_INTEGER : (steps[last] ?? 0) };
}

/** Milliseconds since 1970 at which a run's time is 0. */
function beginOf({ createdAt }: AxisRun, { times, length }: Places): number | undefined {
  const first = times.subarray(0, length).find((time) => !Number.isNaN(time));
  if (first === undefined) return undefined;
  // a folder that was copied may say that it was made after its first measure
  return createdAt === null || createdAt > first ? first : createdAt;
}

/** The first index whose number is not below the given one. */
export function lowerBound(numbers: Float64Array, length: number, value: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
