import type { Bucket, Distribution } from "../../io/tensorboard/distribution.ts";
import type { Histogram, LayerReading } from "../record.ts";
import type { Point } from "./series.ts";

/** A bounded activation is flat outside these bounds, as for sigmoid and tanh in our own networks. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

const SIGMOID: Bounds = { low: 0.01, high: 0.99 };
const TANH: Bounds = { low: -0.98, high: 0.98 };

/** Output layers, which may be saturated: a saturated output is a confident answer. */
const OUTPUT = /softmax|logits?|output|prob|pred/i;

/** Guesses a bounded activation from its outputs over the whole run: all within (0, 1] and never 0, unlike those of a relu; or
 *  within [-1, 1], on both sides of 0. */
export function boundsOf(layer: string, points: readonly Point[]): Bounds | undefined {
  if (OUTPUT.test(layer)) return undefined;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of points) {
    if (typeof value === "number") return undefined;
    low = Math.min(low, value.low);
    high = Math.max(high, value.high);
  }
  // float32 rounds to the bounds
  if (low > 0 && high <= 1 && high > 0.5) return SIGMOID;
  return low >= -1 && low < 0 && high <= 1 && high > 0 && Math.max(-low, high) > 0.5 ? TANH : undefined;
}

/** Mean, variance and shares of one histogram. */
export function activationReading(value: Distribution, bounds: Bounds | undefined): LayerReading {
  const { count, sum, sumOfSquares } = value;
  const mean = sum / count;
  const zeros = zeroShare(value);
  return {
    mean,
    variance: Math.max(0, sumOfSquares / count - mean * mean),
    zeros,
    // if all values are 0, so is every unit
    dead: zeros === 1 ? 1 : undefined,
    saturated: bounds && Math.max(1 - shareWithin(value, bounds), leastFlat(value, bounds)),
  };
}

/** Largest width of a bucket around 0 that counts as zeros: TensorFlow's and PyTorch's innermost bucket ends at 1e-12. */
const ZERO_WIDTH = 1e-11;

function zeroShare({ buckets, count }: Distribution): number | undefined {
  const holder = buckets.find(({ low, high }) => low <= 0 && high >= 0);
  if (holder === undefined) return 0;
  return holder.high - holder.low <= ZERO_WIDTH ? holder.count / count : undefined;
}

/** Each bucket counts by its share within the bounds. */
function shareWithin({ buckets, count }: Distribution, { low, high }: Bounds): number {
  const inside = buckets.reduce((sum, bucket) => sum + bucket.count * overlap(bucket, low, high), 0);
  return Math.min(1, Math.max(0, inside / count));
}

/** Slope below which an output counts as saturated, as a share of the activation's largest slope; the bounds above come from it. */
const FLAT = 0.04;

/** If buckets are wide at the ends (PyTorch's reach from 0.92 to 1.01), the sums are more precise. The slope is y - y² for a sigmoid
 *  and 1 - y² for tanh, and by Markov's inequality the share of outputs with a slope above FLAT is at most mean slope / FLAT. */
function leastFlat({ count, sum, sumOfSquares }: Distribution, bounds: Bounds): number {
  const squares = sumOfSquares / count;
  const slope = bounds === SIGMOID ? 4 * (sum / count - squares) : 1 - squares;
  return Math.max(0, 1 - Math.max(0, slope) / FLAT);
}

/** Share of a bucket that lies in [low, high]. */
function overlap(bucket: Bucket, low: number, high: number): number {
  const width = bucket.high - bucket.low;
  if (!(width > 0)) return bucket.low >= low && bucket.low <= high ? 1 : 0;
  return Math.max(0, Math.min(bucket.high, high) - Math.max(bucket.low, low)) / width;
}

const BINS = 30;

/** The same values in bins of equal width. */
export function evenHistogram({ low, high, buckets }: Distribution): Histogram {
  const width = (high - low) / BINS;
  if (!(width > 0)) return { low, high, counts: [buckets.reduce((sum, { count }) => sum + count, 0)] };
  const counts = Array.from({ length: BINS }, (_, bin) => {
    const [from, to] = [low + bin * width, low + (bin + 1) * width];
    return buckets.reduce((sum, bucket) => {
      const isPoint = !(bucket.high > bucket.low);
      const holds = bucket.low >= from && (bucket.low < to || bin === BINS - 1);
      return sum + bucket.count * (isPoint ? Number(holds) : overlap(bucket, from, to));
    }, 0);
  });
  return { low, high, counts };
}
