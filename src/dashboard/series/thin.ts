import type { MeasureSeries } from "../../runs/types.ts";
import { SERIES_FRAME } from "../protocol.ts";

export type Columns = Pick<MeasureSeries, "length" | "steps" | "times" | "values">;

/** A series at as many places as a chart can show. */
export interface Thinned {
  /** Points of the series in the range. */
  readonly total: number;
  /** For each place: step and time of its last point; least, largest and last of its finite values, NaN without one. */
  readonly places: Float64Array;
  /** Step and value of those that are NaN or infinite: all, or evenly taken if there are more than SERIES_FRAME.mostOdd, the first and
   *  the last among them. */
  readonly odd: Float64Array;
}

const { place: PLACE, odd: ODD, mostOdd: MOST_ODD } = SERIES_FRAME;

/** Thins a series to at most `most` places, each an equal share of the range's steps, so that places lie evenly on a chart. Least and
 *  largest are kept: no spike is lost. A range with at most `most` points is kept point by point.
 *  @param from,to steps, both inclusive. */
export function thin(
  series: Columns,
  most: number,
  from = Number.NEGATIVE_INFINITY,
  to = Number.POSITIVE_INFINITY,
): Thinned {
  const { steps, length } = series;
  const begin = countBelow(steps, length, (step) => step < from);
  const end = Math.max(
    begin,
    countBelow(steps, length, (step) => step <= to),
  );
  const total = end - begin;
  if (total === 0) return { total, places: new Float64Array(), odd: new Float64Array() };
  return total <= most ? copied(series, begin, end) : gathered(series, begin, end, most);
}

/** The number of leading steps for which a test holds; it holds for none after one for which it does not. */
function countBelow(steps: Float64Array, length: number, test: (step: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(steps[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isOdd = (value: number) => value - value !== 0;

function copied({ steps, times, values }: Columns, begin: number, end: number): Thinned {
  const places = new Float64Array((end - begin) * PLACE);
  let oddCount = 0;
  for (let index = begin, at = 0; index < end; index++, at += PLACE) {
    const value = values[index] as number;
    const known = isOdd(value) ? Number.NaN : value;
    if (isOdd(value)) oddCount++;
    places[at] = steps[index] as number;
    places[at + 1] = times[index] as number;
    places[at + 2] = known;
    places[at + 3] = known;
    places[at + 4] = known;
  }
  return { total: end - begin, places, odd: oddOf(steps, values, begin, end, oddCount) };
}

function gathered({ steps, times, values }: Columns, begin: number, end: number, most: number): Thinned {
  const places = new Float64Array(most * PLACE);
  const first = steps[begin] as number;
  const span = (steps[end - 1] as number) - first;
  let oddCount = 0;
  let at = 0;
  for (let index = begin, share = 0; index < end; share++) {
    // the place of the next point: shares without points are skipped; the last share holds the last step
    const step = steps[index] as number;
    share = Math.max(share, Math.min(most - 1, Math.floor(((step - first) * most) / span) || 0));
    const bound = share === most - 1 || span === 0 ? Number.POSITIVE_INFINITY : first + ((share + 1) * span) / most;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let last = Number.NaN;
    const start = index;
    for (; index < end && ((steps[index] as number) < bound || index === start); index++) {
      const value = values[index] as number;
      if (value - value !== 0) {
        oddCount++;
        continue;
      }
      if (value < low) low = value;
      if (value > high) high = value;
      last = value;
    }
    const isEmpty = low > high;
    places[at++] = steps[index - 1] as number;
    places[at++] = times[index - 1] as number;
    places[at++] = isEmpty ? Number.NaN : low;
    places[at++] = isEmpty ? Number.NaN : high;
    places[at++] = last;
  }
  return { total: end - begin, places: places.slice(0, at), odd: oddOf(steps, values, begin, end, oddCount) };
}

function oddOf(steps: Float64Array, values: Float64Array, begin: number, end: number, count: number): Float64Array {
  const kept = Math.min(count, MOST_ODD);
  const odd = new Float64Array(kept * ODD);
  let seen = 0;
  let taken = 0;
  for (let index = begin; taken < kept; index++) {
    if (index >= end) break;
    const value = values[index] as number;
    if (!isOdd(value)) continue;
    // the number of the next one to take: 0 is the first, count - 1 the last
    const wanted = kept < 2 ? 0 : Math.floor((taken * (count - 1)) / (kept - 1));
    if (seen++ !== wanted) continue;
    odd[taken * ODD] = steps[index] as number;
    odd[taken * ODD + 1] = value;
    taken++;
  }
  return odd;
}
