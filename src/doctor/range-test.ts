import { largest, smallest } from "../core/extremes.ts";
import {
  COUNT,
  COUNT_OR_ZERO,
  checkOptions,
  type Fields,
  POSITIVE,
  required,
  SIGNAL,
  THREADS,
} from "../core/fields.ts";
import type { Batch } from "../data/batches.ts";
import { batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { createModel } from "../nn/model.ts";
import { createClip } from "../optim/clip.ts";
import { createOptimizer } from "../optim/optimizers.ts";
import { chain } from "../optim/transform.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { resolveBackend } from "../train/backend.ts";
import { BACKEND } from "../train/fields.ts";
import { lossKind } from "../train/loss-kind.ts";
import { fitToModel } from "../train/prepare.ts";
import { TrainingSession } from "../train/session.ts";
import { requireTraining, type Training } from "../train/training.ts";
import { prepared } from "./prepared.ts";

export interface RangeTestOptions {
  /** Lowest and highest rate. */
  readonly low: number;
  readonly high: number;
  /** Most steps. Default 100. */
  readonly steps?: number | undefined;
  /** Most seconds, without compilation. Default 1.5. */
  readonly seconds?: number | undefined;
  readonly seed?: number | undefined;
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const FIELDS: Fields<RangeTestOptions> = {
  low: required(POSITIVE),
  high: required(POSITIVE),
  steps: COUNT,
  seconds: POSITIVE,
  seed: COUNT_OR_ZERO,
  backend: BACKEND,
  threads: THREADS,
  signal: SIGNAL,
};

/** The result of a range test. */
export interface RangeTest {
  /** The rate to use; undefined if the loss did not fall at any rate. */
  readonly rate?: number | undefined;
  /** The rate at which the smoothed loss fell fastest; at which it was lowest; at which it diverged. */
  readonly steepest?: number | undefined;
  readonly lowest?: number | undefined;
  readonly diverges?: number | undefined;
  readonly low: number;
  readonly high: number;
  /** Steps done. */
  readonly steps: number;
  readonly curve: readonly { readonly rate: number; readonly loss: number }[];
}

/** Steps on either side over which a loss is averaged. */
const HALF_WINDOW = 5;

/** The smoothed loss has diverged when it is this far above the lowest, in units of the first loss or of the fall. */
const LEFT = 0.5;

/** The run ends when a loss is this many times the first ones. */
const FAR = 4;

/** The rate stays below that of the lowest loss by this factor, because it was there only for a moment; */
const FROM_LOWEST = 3;

/** and below the rate of divergence by this factor. Source: Smith 2017, and the rule of a tenth in most implementations. */
const FROM_EDGE = 10;

/** Least fall, as a share of the first loss and in multiples of the noise in the averages. */
const LEAST_FALL = 0.01;
const TIMES_NOISE = 3;

/** Share of the whole fall that must precede the steepest point; earlier slopes may be chance. */
const BEGUN = 0.1;

/** Least number of steps. */
const LEAST_STEPS = 20;

/** Steps that measure the first loss and the time per step. */
const FIRST = 5;

/** Trains with ever larger steps: from fresh weights, the rate grows from step to step,
 *    rate_i = low (high / low)^(i / (n - 1)),   i = 0 … n - 1
 *  until the loss diverges. The rate to use is the geometric mean of the rates at which the smoothed loss falls fastest and is lowest,
 *  and at most a third of the latter and a tenth of the rate of divergence. The schedule of the settings is ignored.
 *  Source: Smith, "Cyclical Learning Rates for Training Neural Networks", 2017. */
export async function rangeTest(training: Training, options: RangeTestOptions): Promise<RangeTest> {
  requireTraining("rangeTest", training);
  checkOptions<RangeTestOptions>("rangeTest", options ?? {}, FIELDS);
  const { low, high } = options;
  const { losses, rates } = await climb(training, options);
  const curve = losses.map((loss, index) => ({ rate: rates[index] as number, loss }));
  return { ...readCurve(curve), low, high, steps: curve.length, curve };
}

/** Runs the steps. Losses end before the first that is not finite. */
async function climb(training: Training, options: RangeTestOptions) {
  const { low, high, steps = 100, seconds = 1.5, signal } = options;
  const { settings, data } = prepared(training).training;
  const { seed = settings.seed } = options;
  const model = createModel(settings.model);
  const train = fitToModel(data.train, model, settings.loss);
  const optimizer = createOptimizer(settings.optimizer);
  const parts = {
    model,
    loss: settings.loss,
    regularizer: settings.regularizer,
    transform: settings.clip === undefined ? optimizer : chain(createClip(settings.clip), optimizer),
    metrics: [],
    metricContext: lossKind(settings.loss),
  };
  const session = await TrainingSession.open(parts, seed, await resolveBackend(options), undefined);
  const losses: number[] = [];
  const rates: number[] = [];
  let count = steps;
  let started = performance.now();
  try {
    for (const batch of endless(train, Math.min(settings.batchSize, train.length), seed)) {
      const index = losses.length;
      if (index >= count || signal?.aborted) break;
      const rate = low * (high / low) ** (index / (count - 1));
      const { objective } = await session.run(train, batch, {
        learningRate: rate,
        momentum: undefined,
        withLayerNorms: false,
      });
      if (!Number.isFinite(objective)) {
        rates.push(rate);
        break;
      }
      losses.push(objective);
      rates.push(rate);
      const usual = largest(losses.slice(0, FIRST).map(Math.abs));
      if (losses.length > FIRST && smallest(losses.slice(-2)) > FAR * usual) break;
      // the first step compiles; a few more show how many fit into the time
      if (losses.length === 1) started = performance.now();
      if (losses.length === FIRST) {
        const each = (performance.now() - started) / 1000 / (FIRST - 1);
        count = Math.max(LEAST_STEPS, Math.min(steps, Math.floor(seconds / Math.max(each, 1e-6))));
      }
    }
  } finally {
    session.dispose();
  }
  return { losses, rates };
}

/** Full batches, epoch after epoch. */
function* endless(train: Dataset, batchSize: number, seed: number): Generator<Batch> {
  const epochs = batches(train, { batchSize, shuffle: true, seed, dropLast: true });
  for (let epoch = 0; ; epoch++) yield* epochs.atEpoch(epoch);
}

/** Weighted means over a window around each place, truncated at the ends, with the most weight in the middle. */
function smooth(values: readonly number[]): readonly number[] {
  return values.map((_, place) => {
    let [sum, weights] = [0, 0];
    for (let offset = -HALF_WINDOW; offset <= HALF_WINDOW; offset++) {
      const value = values[place + offset];
      if (value === undefined) continue;
      const weight = HALF_WINDOW + 1 - Math.abs(offset);
      sum += weight * value;
      weights += weight;
    }
    return sum / weights;
  });
}

/** Random deviation of the smoothed values: that of the raw values around them, times the root of the sum of squared weights. */
function noiseOf(values: readonly number[], smoothed: readonly number[], end: number): number {
  const squares = values.slice(0, end).map((value, index) => (value - (smoothed[index] as number)) ** 2);
  const deviation = Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / Math.max(1, squares.length));
  return deviation / Math.sqrt(HALF_WINDOW + 1);
}

/** Steepest, lowest and diverging point of a curve, and the resulting rate.
 *  @param curve in the order of its steps, with ascending rates. */
export function readCurve(
  curve: readonly { readonly rate: number; readonly loss: number }[],
): Pick<RangeTest, "rate" | "steepest" | "lowest" | "diverges"> {
  if (curve.length < LEAST_STEPS / 2) return {};
  const losses = curve.map(({ loss }) => loss);
  const smoothed = smooth(losses);
  const at = (index: number) => (curve[index] as { readonly rate: number }).rate;
  const loss = (index: number) => smoothed[index] as number;
  const bottom = smoothed.reduce((best, value, index) => (value < loss(best) ? index : best), 0);
  const start = loss(0);
  const fall = start - loss(bottom);
  const margin = LEFT * Math.max(Math.abs(start), fall);
  const left = smoothed.findIndex((value, index) => index > bottom && value > loss(bottom) + margin);
  const diverges = left < 0 ? {} : { diverges: at(left) };
  const isFall = fall > LEAST_FALL * Math.abs(start) && fall > TIMES_NOISE * noiseOf(losses, smoothed, bottom + 1);
  if (!isFall) return diverges;
  const begun = smoothed.findIndex((value) => value < start - BEGUN * fall);
  let steepest = begun;
  for (let index = begun; index <= bottom; index++) {
    if (slopeAt(smoothed, index) < slopeAt(smoothed, steepest)) steepest = index;
  }
  const between = Math.sqrt(at(steepest) * at(bottom));
  const edge = left < 0 ? Number.POSITIVE_INFINITY : at(left) / FROM_EDGE;
  const rate = Math.min(between, at(bottom) / FROM_LOWEST, edge);
  return { rate, steepest: at(steepest), lowest: at(bottom), ...diverges };
}

/** Change of the smoothed loss over a few steps around a place. */
function slopeAt(smoothed: readonly number[], index: number): number {
  const [from, to] = [Math.max(0, index - 2), Math.min(smoothed.length - 1, index + 2)];
  return ((smoothed[to] as number) - (smoothed[from] as number)) / (to - from);
}
