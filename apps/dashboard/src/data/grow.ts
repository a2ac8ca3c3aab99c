import { type Places, placesOf } from "./places.ts";

/** Points as they arrive. Columns of equal length; steps rise. */
export interface NewPoints {
  readonly steps: readonly number[];
  /** Milliseconds since 1970; NaN where not known. */
  readonly times: readonly number[];
  /** NaN and infinity as they are. */
  readonly values: readonly number[];
}

/** A curve that grows. Points are appended as places of their own; when there are more than twice as many places as wanted, neighbours are
 *  put together. Nothing is copied for a new point but when the room is full. */
export interface GrowingPlaces extends Places {
  append(points: NewPoints): void;
}

/** @param most places that are wanted; up to twice as many may be there. */
export function growingPlaces(from: Places, most: number): GrowingPlaces {
  let places = from;
  let length = from.length;

  function reserve(count: number): void {
    const room = places.steps.length;
    if (length + count <= room) return;
    const larger = placesOf(Math.max(16, length + count, 2 * room));
    for (const column of COLUMNS) larger[column].set(places[column].subarray(0, length));
    places = larger;
  }

  return {
    get length() {
      return length;
    },
    get steps() {
      return places.steps;
    },
    get times() {
      return places.times;
    },
    get lows() {
      return places.lows;
    },
    get highs() {
      return places.highs;
    },
    get lasts() {
      return places.lasts;
    },
    append({ steps, times, values }) {
      reserve(steps.length);
      steps.forEach((step, index) => {
        const value = values[index] ?? Number.NaN;
        const finite = Number.isFinite(value) ? value : Number.NaN;
        places.steps[length] = step;
        places.times[length] = times[index] ?? Number.NaN;
        places.lows[length] = finite;
        places.highs[length] = finite;
        places.lasts[length] = finite;
        length++;
      });
      if (length <= 2 * most) return;
      places = thinned({ ...places, length }, most);
      length = places.length;
    },
  };
}

const COLUMNS = ["steps", "times", "lows", "highs", "lasts"] as const satisfies readonly (keyof Places)[];

/** Fewer places that draw the same curve: the range of steps is cut into equal parts, and each part becomes one place, with the least, the
 *  largest and the last finite value that is in it.
 *  @param most places of the result. */
export function thinned(places: Places, most: number): Places {
  const { length, steps, times, lows, highs, lasts } = places;
  if (length <= most) return places;
  const first = steps[0] ?? 0;
  const width = ((steps[length - 1] ?? 0) - first) / most || 1;
  const result = placesOf(Math.min(length, most));
  let place = -1;
  let part = -1;
  for (let index = 0; index < length; index++) {
    const own = Math.min(most - 1, Math.floor(((steps[index] ?? 0) - first) / width));
    if (own !== part) {
      part = own;
      place++;
      result.lows[place] = Number.NaN;
      result.highs[place] = Number.NaN;
      result.lasts[place] = Number.NaN;
    }
    result.steps[place] = steps[index] ?? 0;
    result.times[place] = times[index] ?? Number.NaN;
    // NaN: nothing finite yet; a comparison with it is false
    const [low = Number.NaN, high = Number.NaN, last = Number.NaN] = [lows[index], highs[index], lasts[index]];
    if (!Number.isNaN(low) && !((result.lows[place] ?? 0) <= low)) result.lows[place] = low;
    if (!Number.isNaN(high) && !((result.highs[place] ?? 0) >= high)) result.highs[place] = high;
    if (!Number.isNaN(last)) result.lasts[place] = last;
  }
  return { ...result, length: place + 1 };
}
