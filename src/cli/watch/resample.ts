/** A curve in as many places as a terminal has columns. */
export interface Place {
  /** Mean of the finite values; NaN without one. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Values that are NaN or infinite. */
  readonly odd: number;
  /** Values in this place. */
  readonly count: number;
}

export interface Curve {
  readonly length: number;
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Divides the steps from `from` to `to` into equal parts. One pass over the values. */
export function placesOf({ length, steps, values }: Curve, count: number, from: number, to: number): readonly Place[] {
  const sums = new Float64Array(count);
  const lows = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const highs = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const finite = new Uint32Array(count);
  const odd = new Uint32Array(count);
  const scale = count / Math.max(1, to - from + 1);
  for (let index = 0; index < length; index++) {
    const step = steps[index] as number;
    if (!(step >= from && step <= to)) continue;
    const at = Math.min(count - 1, Math.floor((step - from) * scale));
    const value = values[index] as number;
    if (!Number.isFinite(value)) {
      odd[at] = (odd[at] as number) + 1;
      continue;
    }
    sums[at] = (sums[at] as number) + value;
    finite[at] = (finite[at] as number) + 1;
    if (value < (lows[at] as number)) lows[at] = value;
    if (value > (highs[at] as number)) highs[at] = value;
  }
  return Array.from({ length: count }, (_, at) => {
    const known = finite[at] as number;
    return {
      mean: known === 0 ? Number.NaN : (sums[at] as number) / known,
      low: known === 0 ? Number.NaN : (lows[at] as number),
      high: known === 0 ? Number.NaN : (highs[at] as number),
      odd: odd[at] as number,
      count: known + (odd[at] as number),
    };
  });
}

/** Least and largest finite value of a curve, and how many are not finite. */
export function rangeOf({ length, values }: Pick<Curve, "length" | "values">): {
  readonly low: number;
  readonly high: number;
  readonly odd: number;
} {
  let [low, high, odd] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let index = 0; index < length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) odd++;
    else {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high, odd };
}
