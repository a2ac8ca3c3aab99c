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

/** The old histogram message: bucket i covers limit i - 1 to limit i. */
export interface HistogramMessage {
  low: number;
  high: number;
  count: number;
  sum: number;
  sumOfSquares: number;
  readonly limits: number[];
  readonly counts: number[];
}

/** The outermost limits may be the largest possible number; they are clamped to the observed range. */
export function fromHistogramMessage(message: HistogramMessage): Distribution {
  const { low, high, count, sum, sumOfSquares, limits, counts } = message;
  const clamp = (value: number) => Math.min(Math.max(value, low), high);
  const buckets = counts.flatMap((each, index): Bucket[] => {
    const above = limits[index];
    if (!(each > 0) || above === undefined) return [];
    return [{ low: clamp(limits[index - 1] ?? low), high: clamp(above), count: each }];
  });
  return { count, low, high, sum, sumOfSquares, buckets };
}

/** The format of TensorFlow 2: rows of left edge, right edge, count. A single row means that all values equal its middle. */
export function fromHistogramRows(values: ArrayLike<number>): Distribution {
  const rows = Array.from({ length: Math.floor(values.length / 3) }, (_, row): Bucket => {
    const [low, high, count] = [values[3 * row], values[3 * row + 1], values[3 * row + 2]] as [number, number, number];
    return { low, high, count };
  });
  const [only] = rows;
  const isSingle = rows.length === 1 && only !== undefined;
  const middle = isSingle ? (only.low + only.high) / 2 : 0;
  const all = isSingle ? [{ low: middle, high: middle, count: only.count }] : rows;
  const buckets = all.filter(({ count }) => count > 0);
  const total = (of: (bucket: Bucket) => number) => buckets.reduce((sum, each) => sum + each.count * of(each), 0);
  return {
    count: total(() => 1),
    low: buckets[0]?.low ?? Number.NaN,
    high: buckets.at(-1)?.high ?? Number.NaN,
    sum: total(({ low, high }) => (low + high) / 2),
    sumOfSquares: total(({ low, high }) => (low * low + low * high + high * high) / 3),
    buckets,
  };
}
