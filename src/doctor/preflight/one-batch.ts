import { GradusError } from "../../core/errors.ts";
import { smallest } from "../../core/extremes.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { LOSSES, resolveLoss } from "../../nn/losses/losses.ts";
import { createModel, type Model } from "../../nn/model.ts";
import { fit } from "../../train/fit.ts";
import type { FitOptions } from "../../train/options.ts";
import type { Training } from "../../train/training.ts";
import type { Finding } from "../finding.ts";
import { prepared } from "../prepared.ts";
import { evenly } from "../task.ts";

const SOURCE = "Karpathy, A Recipe for Training Neural Networks, 2019: overfit a single batch";

const SAMPLES = 16;
/** A network that learns memorises 16 samples in some tens of steps. */
const STEPS = 150;
/** Adam's usual rate, and one for networks that need larger steps: failure at both is clear failure. */
const RATES = [2e-3, 2e-2] as const;
const SECONDS = 4;

const thresholds = {
  /** Lowest loss over that of an output that ignores the input. A tenth below is more than a bias learns. */
  remains: 0.9,
  /** Once it has fallen by half, the network can learn, and the test ends. */
  learns: 0.5,
};

export interface OneBatchOptions extends Pick<FitOptions, "backend" | "threads" | "signal"> {
  /** Wall-clock limit of the whole test. Default 4. */
  readonly seconds?: number | undefined;
}

/** Some samples, of different classes if there are classes. */
function pickBatch(train: Dataset): Dataset {
  if (train.length <= SAMPLES) return train;
  const isLabelled = train.targetKind === "labels" && sizeOf(train.targetShape) === 1;
  if (!isLabelled) return train.subset(evenly(train.length, SAMPLES));
  const labels = train.toTargets();
  const queues = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const queue = queues.get(label) ?? [];
    if (queue.length < SAMPLES) queue.push(row);
    queues.set(label, queue);
  });
  const rows: number[] = [];
  for (let turn = 0; turn < SAMPLES; turn++)
    for (const { [turn]: row } of queues.values()) if (row !== undefined) rows.push(row);
  return train.subset(rows.slice(0, SAMPLES));
}

const entropy = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);

/** Lowest loss of one constant output for all samples; undefined if there is no simple formula.
 *    classes   entropy of the class frequencies       binary   the same for each output
 *    mse       variance of each output                mae      mean distance from the median */
function lossOfConstant(batch: Dataset, loss: Training["settings"]["loss"]): number | undefined {
  const targets = batch.toTargets();
  const size = sizeOf(batch.targetShape);
  const resolved = resolveLoss(loss);
  if ("reduction" in resolved && resolved.reduction !== "mean") return undefined;
  const kind = LOSSES[resolved.type].targets;
  const column = (index: number): number[] =>
    Array.from({ length: batch.length }, (_, row) => targets[row * size + index] as number);
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
  const each = (cost: (values: readonly number[]) => number): number =>
    mean(Array.from({ length: size }, (_, index) => cost(column(index))));
  if (kind === "classes") {
    if ("classWeights" in resolved && resolved.classWeights !== undefined) return undefined;
    if (batch.targetKind === "labels") {
      const labels = Array.from(targets);
      return [...new Set(labels)].reduce(
        (sum, label) => sum + entropy(labels.filter((other) => other === label).length / labels.length),
        0,
      );
    }
    return size === batch.targetShape.at(-1) ? size * each((values) => entropy(mean(values))) : undefined;
  }
  if (kind === "binary") return each((values) => entropy(mean(values)) + entropy(1 - mean(values)));
  if (resolved.type === "mse") return each((values) => mean(values.map((value) => (value - mean(values)) ** 2)));
  if (resolved.type !== "mae") return undefined;
  return each((values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] as number;
    return mean(values.map((value) => Math.abs(value - median)));
  });
}

interface Attempt {
  readonly lowest: number;
  readonly first: number;
  readonly steps: number;
}

async function attempt(
  model: Model,
  training: Training,
  batch: Dataset,
  {
    target,
    rate,
    until,
    options,
  }: { readonly target: number; readonly rate: number; readonly until: number; readonly options: OneBatchOptions },
): Promise<Attempt> {
  let [lowest, first, steps] = [Number.POSITIVE_INFINITY, Number.NaN, 0];
  const { backend, threads, signal } = options;
  try {
    await fit(model, {
      data: batch,
      loss: training.settings.loss,
      optimizer: { type: "adam", learningRate: rate },
      clip: { type: "globalNorm", maxNorm: 1 },
      epochs: STEPS,
      batchSize: batch.length,
      shuffle: false,
      dropLast: false,
      metrics: [],
      seed: training.settings.seed,
      backend,
      threads,
      signal,
      onEvent(event) {
        if (event.type !== "epochEnded") return undefined;
        steps = event.step;
        if (steps === 1) first = event.train.loss;
        lowest = Math.min(lowest, event.train.loss);
        return lowest < target || performance.now() > until ? "stop" : undefined;
      },
    });
  } catch (error) {
    // diverging numbers are another finding; here the network just has not learned
    if (!(error instanceof GradusError && error.code === "not-finite")) throw error;
  }
  return { lowest, first, steps };
}

/** Tests whether the user's own model, with a sound optimiser and without regularisation, can memorise a few samples. If it cannot,
 *  more training will not help: output, loss, activations or labels prevent learning. Undefined if it can, if there was too little time,
 *  and if there is no simple formula for the loss of a constant output.
 *  @throws GradusError as `fit`, if model and data do not fit. */
export async function overfitOneBatch(training: Training, options: OneBatchOptions = {}): Promise<Finding | undefined> {
  const { training: ready } = prepared(training);
  const model = createModel(ready.settings.model);
  const batch = pickBatch(ready.data.train);
  const constant = lossOfConstant(batch, ready.settings.loss);
  // all targets are equal, so a constant is correct
  if (constant === undefined || !(constant > 1e-6)) return undefined;
  const until = performance.now() + 1000 * (options.seconds ?? SECONDS);
  const attempts: Attempt[] = [];
  for (const rate of RATES) {
    const result = await attempt(model, ready, batch, { target: thresholds.learns * constant, rate, until, options });
    attempts.push(result);
    if (result.lowest < thresholds.remains * constant) return undefined;
    if (options.signal?.aborted || performance.now() > until) break;
  }
  const steps = attempts.reduce((sum, each) => sum + each.steps, 0);
  const lowest = smallest(attempts.map((each) => each.lowest));
  // less than one whole attempt says nothing, unless the numbers diverged at once
  if (options.signal?.aborted || (steps < STEPS && performance.now() > until)) return undefined;
  const first = attempts[0]?.first ?? Number.NaN;
  return {
    // without a single finished step the network gives no finite numbers at all
    problem: steps === 0 ? "numerical-error" : "underfitting",
    since: 0,
    evidence: [
      {
        measure: "one-batch",
        value: lowest,
        threshold: thresholds.remains * constant,
        values: { ...(Number.isFinite(first) ? { before: first } : {}), steps },
      },
    ],
    weight: 0.5,
    source: SOURCE,
  };
}
