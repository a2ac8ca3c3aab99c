import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { invertScaling } from "../data/scaling.ts";
import { LOSSES, type LossConfig, resolveLoss } from "../nn/losses/losses.ts";
import type { Model } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { evaluate } from "../train/evaluate.ts";
import { lossKind } from "../train/loss-kind.ts";
import { predict } from "../train/predict.ts";
import type { Training } from "../train/training.ts";
import { DEFAULTS } from "../train/training-options.ts";
import type { Score } from "../watch/record.ts";
import { prepared } from "./prepared.ts";
import { largestShare, largestShareByOutput, type Task, taskOf } from "./task.ts";

export interface ScoreOptions {
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
  /** Score this many random samples, always the same ones. Default: all. */
  readonly samples?: number | undefined;
}

export interface Scored {
  readonly score: Score;
  /** The settings' own loss, in prediction mode, without the regulariser, for targets as the network sees them. May be NaN or
   *  infinite. */
  readonly loss: number;
}

/** The quality of a state on one part of the samples, independent of its loss: the task comes from the data as given (`taskOf`), and
 *  outputs for scaled targets are converted back to the original units (`prepared`).
 *  @param training the user's or the prepared one.
 *  @throws GradusError as `predict` and `evaluate`, if model and data do not fit. */
export async function scoreState(
  training: Training,
  model: Model,
  state: ModelState,
  part: "train" | "validation",
  options: ScoreOptions = {},
): Promise<Scored> {
  const { training: ready, original, targetScaling } = prepared(training);
  const { loss, evaluationBatchSize = DEFAULTS.evaluationBatchSize } = ready.settings;
  const { samples = Infinity, ...where } = options;
  const some = (dataset: Dataset): Dataset => (dataset.length <= samples ? dataset : dataset.shuffle(0).take(samples));
  const seen = some(ready.data[part]);
  const given = some(original.data[part]);
  const { mean } = await predict(model, state, seen, { ...where, batchSize: evaluationBatchSize });
  const outputs = targetScaling === undefined ? mean.data : invertScaling(targetScaling, mean.data);
  const metrics = await evaluate(model, state, seen, {
    loss,
    metrics: [],
    batchSize: evaluationBatchSize,
    ...(where.backend === undefined ? {} : { backend: where.backend }),
    ...(where.threads === undefined ? {} : { threads: where.threads }),
  });
  const score = scoreOutputs(outputs, model.outputShape, given, taskOf(original), loss);
  return { score, loss: metrics.loss as number };
}

/** The score of outputs (N, …outputShape), flat, in the units of the targets. */
export function scoreOutputs(
  outputs: ArrayLike<number>,
  outputShape: readonly number[],
  dataset: Dataset,
  task: Task,
  loss: LossConfig,
): Score {
  const targets = dataset.toTargets();
  const samples = dataset.length;
  if (task.kind === "values") {
    return { metric: "r2", value: rSquared(readValues(outputs, loss), targets, task.positions), chance: 0, samples };
  }
  if (task.kind === "classes") {
    const { classAxis, ignoreIndex } = lossKind(loss);
    const truth: readonly number[] = [...(task.isOneHot ? largestAlong(targets, outputShape, classAxis) : targets)];
    const counted = task.isOneHot || ignoreIndex === undefined ? truth : truth.filter((label) => label !== ignoreIndex);
    const isSingle = sizeOf(outputShape) === task.positions;
    const predicted = isSingle ? nearestLevels(outputs, task.levels) : largestAlong(outputs, outputShape, classAxis);
    const right = truth.reduce((sum, label, row) => sum + Number(label !== ignoreIndex && label === predicted[row]), 0);
    const value = counted.length === 0 ? 0 : right / counted.length;
    return { metric: "accuracy", value, chance: largestShare(counted), samples };
  }
  const right = rightSides(outputs, outputShape, targets, task, loss);
  const chance = largestShareByOutput(targets, task.positions);
  return { metric: "accuracy", value: right / targets.length, chance, samples };
}

/** 1 - sum (target - output)^2 / sum (target - mean target of the column)^2, over all numbers. Several columns are pooled, so that each
 *  counts by its variance. An output that is not finite costs twice the variance, as if it were the opposite; the result is not below
 *  -1. 0 if the targets are constant, because there is nothing to explain.
 *  @param outputs, targets (N, width), flat. */
export function rSquared(outputs: ArrayLike<number>, targets: ArrayLike<number>, width: number): number {
  const rows = targets.length / width;
  const means = new Float64Array(width);
  for (let index = 0; index < targets.length; index++)
    (means[index % width] as number) += (targets[index] as number) / rows;
  let total = 0;
  for (let index = 0; index < targets.length; index++)
    total += ((targets[index] as number) - (means[index % width] as number)) ** 2;
  let error = 0;
  for (let index = 0; index < targets.length; index++) {
    const difference = (targets[index] as number) - (outputs[index] as number);
    error += Number.isFinite(difference) ? difference ** 2 : (2 * total) / targets.length;
  }
  return total > 0 ? Math.max(-1, 1 - error / total) : 0;
}

/** Outputs as numbers: logits of shares become shares. */
function readValues(outputs: ArrayLike<number>, loss: LossConfig): ArrayLike<number> {
  const { expects, targets } = LOSSES[resolveLoss(loss).type];
  return expects === "logits" && targets === "binary" ? Float64Array.from(outputs, logistic) : outputs;
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Index of the largest number along one axis of every sample's (…shape), for each position on the other axes, in order. -1 if one of
 *  the numbers is not finite. */
function largestAlong(rows: ArrayLike<number>, shape: readonly number[], axis: number): Int32Array {
  const along = axis < 0 ? shape.length + axis : axis;
  const classes = shape[along] ?? 1;
  const inner = sizeOf(shape.slice(along + 1));
  return Int32Array.from({ length: rows.length / classes }, (_, place) => {
    const start = Math.floor(place / inner) * inner * classes + (place % inner);
    let best = 0;
    for (let index = 0; index < classes; index++) {
      const value = rows[start + index * inner] as number;
      if (!Number.isFinite(value)) return -1;
      if (value > (rows[start + best * inner] as number)) best = index;
    }
    return best;
  });
}

/** For a single output for several classes: the class with the nearest number. NaN if the output is not finite. */
function nearestLevels(outputs: ArrayLike<number>, levels: readonly number[]): Float32Array {
  // single precision, like the targets
  return Float32Array.from(outputs, (output) =>
    Number.isFinite(output)
      ? levels.reduce((best, level) => (Math.abs(level - output) < Math.abs(best - output) ? level : best))
      : Number.NaN,
  );
}

/** Number of correct yes-or-no outputs: output and target lie on the same side. The threshold is 0 for logits, 0.5 for probabilities,
 *  and for numbers halfway between those for no and yes; logits of exclusive classes first become shares, as their loss interprets
 *  them. */
function rightSides(
  outputs: ArrayLike<number>,
  outputShape: readonly number[],
  targets: ArrayLike<number>,
  { levels }: Task,
  loss: LossConfig,
): number {
  const { expects, targets: kind } = LOSSES[resolveLoss(loss).type];
  const middle = ((levels[0] as number) + (levels.at(-1) as number)) / 2;
  const threshold = { logits: 0, probabilities: 0.5, logProbabilities: Math.log(0.5), values: middle }[expects];
  const isShared = expects === "logits" && kind === "classes";
  const read = isShared ? shareLogits(outputs, outputShape.at(-1) as number) : outputs;
  let right = 0;
  for (let index = 0; index < targets.length; index++) {
    const output = read[index] as number;
    if (Number.isFinite(output) && output > threshold === (targets[index] as number) > middle) right++;
  }
  return right;
}

/** log(p / (1 - p)) of the softmax of each row: above 0 where the class has more than half.   x_k - log(sum over j != k of exp(x_j)) */
function shareLogits(outputs: ArrayLike<number>, classes: number): Float64Array {
  return Float64Array.from(outputs, (output, index) => {
    if (!Number.isFinite(output)) return Number.NaN;
    const start = index - (index % classes);
    let others = 0;
    for (let other = start; other < start + classes; other++) {
      if (other !== index) others += Math.exp((outputs[other] as number) - output);
    }
    // a single class has the whole share
    return others === 0 ? Number.MAX_VALUE : Math.max(-Number.MAX_VALUE, -Math.log(others));
  });
}
