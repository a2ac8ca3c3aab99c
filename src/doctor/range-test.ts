import type { Batch } from "../data/batches.ts";
import { batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { createModel } from "../nn/model.ts";
import { createClip } from "../optim/clip.ts";
import { createOptimizer } from "../optim/optimizers.ts";
import { chain } from "../optim/transform.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { resolveBackend } from "../train/backend.ts";
import { lossKind } from "../train/loss-kind.ts";
import { fitToModel } from "../train/prepare.ts";
import { TrainingSession } from "../train/session.ts";
import { prepared } from "./prepared.ts";
import type { Training } from "./training.ts";

export interface RangeTestOptions {
  /** Rates from and to. */
  readonly low: number;
  readonly high: number;
  /** Steps at most. Default 100. */
  readonly steps?: number | undefined;
  /** Seconds at most, compilation aside. Default 1.5. */
  readonly seconds?: number | undefined;
  readonly seed?: number | undefined;
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a range test found. */
export interface RangeTest {
  /** The rate to take; undefined where the loss did not fall at any. */
  readonly rate?: number | undefined;
  /** Where the smoothed loss fell fastest; where it was lowest; where it left. */
  readonly steepest?: number | undefined;
  readonly lowest?: number | undefined;
  readonly diverges?: number | undefined;
  readonly low: number;
  readonly high: number;
  /** Steps that were made. */
  readonly steps: number;
  readonly curve: readonly { readonly rate: number; readonly loss: number }[];
}

/** Weight of what is past in the smoothed loss. */
const SMOOTHING = 0.9;

/** The smoothed loss has left when it is so far above the lowest, in units of how far it has fallen or of the first loss, whichever
 *  is more. */
const LEFT = 0.5;

/** The rate may not come nearer than that to where the loss was lowest, or left: there it is on the edge. Source: Smith 2017, and the
 *  rule of a tenth that most implementations took over. */
const FROM_EDGE = 10;

/** Of the first loss: less is no fall. */
const LEAST_FALL = 0.01;

/** Fewer steps tell nothing. */
const LEAST_STEPS = 20;

const FIRST = 5;

/** How the training takes ever larger steps: from fresh weights, the rate grows from step to step,
 *    rate_i = low (high / low)^(i / (n - 1)),   i = 0 … n - 1
 *  until the loss leaves. The rate to take is where the smoothed loss falls fastest, but not above a tenth of where it is lowest or
 *  leaves. The schedule of the settings is left aside.
 *  Source: Smith, "Cyclical Learning Rates for Training Neural Networks", 2017. */
export async function rangeTest(training: Training, options: RangeTestOptions): Promise<RangeTest> {
  const { low, high } = options;
  const { losses, rates } = await climb(training, options);
  const curve = losses.map((loss, index) => ({ rate: rates[index] as number, loss }));
  return { ...readCurve(curve), low, high, steps: curve.length, curve };
}

/** The steps. Losses end before the first that is not finite. */
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
  const session = new TrainingSession(parts, seed, resolveBackend(options), undefined);
  const losses: number[] = [];
  const rates: number[] = [];
  let smoothed = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let first = Number.NaN;
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
      smoothed = SMOOTHING * smoothed + (1 - SMOOTHING) * objective;
      const now = smoothed / (1 - SMOOTHING ** losses.length);
      if (losses.length === 1) first = objective;
      if (losses.length >= FIRST) lowest = Math.min(lowest, now);
      if (now > lowest + 2 * Math.max(Math.abs(first), first - lowest)) break;
      // the first step compiles; a few more tell how many there is time for
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

/** Means that weigh the past by SMOOTHING a step, free of the zero they start from. */
function smooth(values: readonly number[]): number[] {
  let mean = 0;
  return values.map((value, index) => {
    mean = SMOOTHING * mean + (1 - SMOOTHING) * value;
    return mean / (1 - SMOOTHING ** (index + 1));
  });
}

/** Steepest, lowest and leaving point of a curve, and the rate that they ask for. */
export function readCurve(
  curve: readonly { readonly rate: number; readonly loss: number }[],
): Pick<RangeTest, "rate" | "steepest" | "lowest" | "diverges"> {
  if (curve.length < LEAST_STEPS / 2) return {};
  const smoothed = smooth(curve.map(({ loss }) => loss));
  const at = (index: number) => (curve[index] as { readonly rate: number }).rate;
  const bottom = smoothed.reduce(
    (best, value, index) => (index >= FIRST && value < (smoothed[best] as number) ? index : best),
    FIRST,
  );
  const start = smoothed[FIRST] as number;
  const fall = start - (smoothed[bottom] as number);
  const unit = Math.max(fall, Math.abs(start) * LEAST_FALL);
  const left = smoothed.findIndex(
    (value, index) =>
      index > bottom && value > (smoothed[bottom] as number) + Math.max(LEFT * Math.abs(start), LEFT * unit),
  );
  const diverges = left < 0 ? undefined : at(left);
  if (!(fall > LEAST_FALL * Math.abs(start)))
    return { ...(diverges === undefined ? {} : { diverges, rate: undefined }) };
  let steepest = FIRST;
  let slope = 0;
  for (let index = FIRST; index < bottom; index++) {
    const change = (smoothed[index + 1] as number) - (smoothed[index] as number);
    if (change < slope) [steepest, slope] = [index + 1, change];
  }
  const edge = Math.min(at(bottom), diverges ?? Number.POSITIVE_INFINITY);
  const lowest = at(bottom);
  return {
    rate: Math.min(at(steepest), edge / (FROM_EDGE / 2)),
    steepest: at(steepest),
    lowest,
    ...(diverges === undefined ? {} : { diverges }),
  };
}
