/** A curve as places. A place stands for the points of a range of steps: its last step and time, its least, largest and last finite value,
 *  NaN without one. Where no point was left out, every place is one point. Columns are as long as they have room: read the first `length`. */
export interface Places {
  readonly length: number;
  readonly steps: Float64Array;
  /** Milliseconds since 1970; NaN in logs without times. */
  readonly times: Float64Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly lasts: Float64Array;
}

/** A value that is NaN or infinite. */
export interface Odd {
  readonly step: number;
  readonly value: number;
}

export const NO_PLACES: Places = placesOf(0);

/** Places to be filled. */
export function placesOf(length: number): Places {
  const column = () => new Float64Array(length);
  return { length, steps: column(), times: column(), lows: column(), highs: column(), lasts: column() };
}

/** The index of the first place whose step is not below the given one; `length` without one. */
export function placeAt({ steps, length }: Places, step: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
