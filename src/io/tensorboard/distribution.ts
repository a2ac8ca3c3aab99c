/** The number of values in an interval. */
export interface Bucket {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** A summary of many numbers at one step. */
export interface Distribution {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly sum: number;
  /** Exact if the writer stored it; else from the buckets, each assumed uniform: (a² + ab + b²) / 3. */
  readonly sumOfSquares: number;
  /** In order, without empty buckets. */
  readonly buckets: readonly Bucket[];
}

/** A distribution whose buckets are made when they are asked for: a file can hold millions of them, and few are looked at. */
export class StoredDistribution implements Distribution {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Edges and counts of the buckets, in order; some counts may be 0. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  readonly counts: Float64Array;

  constructor(
    { count, low, high, sum, sumOfSquares }: Omit<Distribution, "buckets">,
    lows: Float64Array,
    highs: Float64Array,
    counts: Float64Array,
  ) {
    this.count = count;
    this.low = low;
    this.high = high;
    this.sum = sum;
    this.sumOfSquares = sumOfSquares;
    this.lows = lows;
    this.highs = highs;
    this.counts = counts;
  }

  get buckets(): readonly Bucket[] {
    const buckets: Bucket[] = [];
    for (const [index, count] of this.counts.entries()) {
      if (count > 0) buckets.push({ low: this.lows[index] as number, high: this.highs[index] as number, count });
    }
    return buckets;
  }
}

/** The old histogram message: bucket i covers limit i - 1 to limit i. */
export interface HistogramMessage {
  low: number;
  high: number;
  count: number;
  sum: number;
  sumOfSquares: number;
  limits: Float64Array;
  counts: Float64Array;
}

/** The outermost limits may be the largest possible number; they are clamped to the observed range. */
export function fromHistogramMessage(message: HistogramMessage): StoredDistribution {
  const { low, high, limits, counts } = message;
  const length = Math.min(limits.length, counts.length);
  const lows = new Float64Array(length);
  const highs = new Float64Array(length);
  let last = low;
  for (let index = 0; index < length; index++) {
    lows[index] = last;
    last = Math.min(Math.max(limits[index] as number, low), high);
    highs[index] = last;
  }
  return new StoredDistribution(message, lows, highs, counts.length === length ? counts : counts.subarray(0, length));
}

/** The format of TensorFlow 2: rows of left edge, right edge, count. A single row means that all values equal its middle. */
export function fromHistogramRows(values: ArrayLike<number>): StoredDistribution {
  const length = Math.floor(values.length / 3);
  const [lows, highs, counts] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  const total = { count: 0, low: Number.NaN, high: Number.NaN, sum: 0, sumOfSquares: 0 };
  for (let row = 0; row < length; row++) {
    let [low, high, count] = [values[3 * row], values[3 * row + 1], values[3 * row + 2]] as [number, number, number];
    if (length === 1) low = high = (low + high) / 2;
    lows[row] = low;
    highs[row] = high;
    counts[row] = count;
    if (!(count > 0)) continue;
    if (total.count === 0) total.low = low;
    total.high = high;
    total.count += count;
    total.sum += (count * (low + high)) / 2;
    total.sumOfSquares += (count * (low * low + low * high + high * high)) / 3;
  }
  return new StoredDistribution(total, lows, highs, counts);
}
