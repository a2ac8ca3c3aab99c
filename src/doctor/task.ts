import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { LOSSES, resolveLoss } from "../nn/losses/losses.ts";
import { createModel } from "../nn/model.ts";
import type { Settings, Training } from "../train/training.ts";

/** What a training should learn. `classes`: one of several exclusive classes. `binary`: one yes or no. `multilabel`: several
 *  independent ones. `values`: numbers. */
export type TaskKind = "classes" | "binary" | "multilabel" | "values";

export interface Task {
  readonly kind: TaskKind;
  /** Classes to choose from; 2 for yes or no; 0 for values. */
  readonly classes: number;
  /** Targets per sample: 1, the outputs of `multilabel` and `values`, or the steps of a sequence of labels. */
  readonly positions: number;
  /** The numbers that represent the classes, ascending: 0, 1, 2, … for labels, those found in the data for others; none for values. */
  readonly levels: readonly number[];
  /** Whether the classes are rows with one high number each, not single numbers. */
  readonly isOneHot: boolean;
  /** Share of the most frequent class among the training samples; mean over the outputs for `multilabel`; 0 for values. */
  readonly majority: number;
}

/** Most rows to inspect, evenly spaced over the training part. */
const MOST_ROWS = 5000;

/** Largest deviation from 1 of a sum of single-precision shares. */
const SUM_TOLERANCE = 1e-4;

/** The task according to the data; if they leave it open, according to loss and output.
 *    labels                                        classes; yes or no if there are two and the model has one output for each label
 *    one column of 0 and 1, or of -1 and 1         yes or no for any loss: a threshold also reads the output of a squared error
 *    one column of other numbers                   classes if the data set states their number, or if the loss is for classes and all
 *                                                  are integers; else values
 *    rows of 0 and 1, exactly one 1 in each        classes; likewise -1 and 1
 *    other rows of 0 and 1                         several yes or no
 *    rows of shares that sum to 1                  classes if the loss is for classes; else values
 *    anything else                                 values
 *  @throws GradusError as `createModel` and `resolveLoss`, if there are two labels and the model decides. */
export function taskOf({ settings, data }: Training): Task {
  const { train } = data;
  const rows = train.length <= MOST_ROWS ? train : train.subset(evenly(train.length, MOST_ROWS));
  const targets = rows.toTargets();
  return train.targetKind === "labels" ? ofLabels(train, targets, settings) : ofValues(train, targets, settings);
}

/** `count` integers from 0 to length - 1, evenly spaced. */
export function evenly(length: number, count: number): Int32Array {
  return Int32Array.from({ length: Math.min(count, length) }, (_, index) =>
    Math.floor((index * length) / Math.min(count, length)),
  );
}

function ofLabels(train: Dataset, targets: ArrayLike<number>, settings: Settings): Task {
  const positions = sizeOf(train.targetShape);
  const classes = Math.max(train.classes ?? 0, 1 + Array.from(targets).reduce((high, each) => Math.max(high, each), 0));
  const levels = Array.from({ length: classes }, (_, index) => index);
  const common = { classes, positions, levels, isOneHot: false };
  const isYesOrNo = classes <= 2 && sizeOf(createModel(settings.model).outputShape) === positions;
  if (!isYesOrNo) return { ...common, kind: "classes", majority: largestShare(targets) };
  return yesOrNo(targets, positions, [0, 1]);
}

function ofValues(train: Dataset, targets: ArrayLike<number>, settings: Settings): Task {
  const loss = LOSSES[resolveLoss(settings.loss).type].targets;
  const size = sizeOf(train.targetShape);
  const pair = pairOf(targets);
  if (size === 1) {
    if (pair !== undefined) return yesOrNo(targets, 1, pair);
    const isWhole = Array.from(targets).every(Number.isInteger);
    return train.classes !== undefined || (isWhole && loss !== "values") ? ofColumn(train, targets) : values(size);
  }
  const classes = train.targetShape.at(-1) as number;
  const areRows = classes > 1 && (pair !== undefined ? hasOneHigh(targets, classes, pair[1]) : false);
  const areShares = classes > 1 && loss === "classes" && sumToOne(targets, classes);
  if (!areRows && !areShares) return pair === undefined ? values(size) : yesOrNo(targets, size, pair);
  return {
    kind: "classes",
    classes,
    positions: size / classes,
    levels: pair ?? [0, 1],
    isOneHot: true,
    majority: largestShare(largestOf(targets, classes)),
  };
}

/** One column of numbers that represent classes. */
function ofColumn(train: Dataset, targets: ArrayLike<number>): Task {
  const levels = [...new Set(Array.from(targets))].filter(Number.isFinite).sort((a, b) => a - b);
  const classes = Math.max(train.classes ?? 0, levels.length);
  const kind = classes === 2 ? "binary" : "classes";
  return { kind, classes, positions: 1, levels, isOneHot: false, majority: largestShare(targets) };
}

function values(positions: number): Task {
  return { kind: "values", classes: 0, positions, levels: [], isOneHot: false, majority: 0 };
}

function yesOrNo(targets: ArrayLike<number>, positions: number, levels: readonly number[]): Task {
  const kind = positions === 1 ? "binary" : "multilabel";
  return { kind, classes: 2, positions, levels, isOneHot: false, majority: largestShareByOutput(targets, positions) };
}

/** [0, 1] or [-1, 1] if there are no other numbers (one of the two may be missing). */
function pairOf(targets: ArrayLike<number>): readonly [number, number] | undefined {
  let hasLow = false;
  let hasZero = false;
  for (let index = 0; index < targets.length; index++) {
    const value = targets[index] as number;
    if (value === -1) hasLow = true;
    else if (value === 0) hasZero = true;
    else if (value !== 1) return undefined;
  }
  if (hasLow && hasZero) return undefined;
  return hasLow ? [-1, 1] : [0, 1];
}

function hasOneHigh(targets: ArrayLike<number>, classes: number, high: number): boolean {
  for (let start = 0; start < targets.length; start += classes) {
    let count = 0;
    for (let index = start; index < start + classes; index++) if (targets[index] === high) count++;
    if (count !== 1) return false;
  }
  return true;
}

function sumToOne(targets: ArrayLike<number>, classes: number): boolean {
  for (let start = 0; start < targets.length; start += classes) {
    let sum = 0;
    for (let index = start; index < start + classes; index++) {
      if ((targets[index] as number) < 0) return false;
      sum += targets[index] as number;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) return false;
  }
  return true;
}

/** The index of the largest number in each row of n; the first of several. */
export function largestOf(rows: ArrayLike<number>, n: number): Int32Array {
  return Int32Array.from({ length: rows.length / n }, (_, row) => {
    let best = 0;
    for (let index = 1; index < n; index++) {
      if ((rows[row * n + index] as number) > (rows[row * n + best] as number)) best = index;
    }
    return best;
  });
}

/** Share of the most frequent value, which is the accuracy of always predicting it. 0 for an empty list. */
export function largestShare(labels: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  let most = 0;
  for (let index = 0; index < labels.length; index++) {
    const count = (counts.get(labels[index] as number) ?? 0) + 1;
    counts.set(labels[index] as number, count);
    if (count > most) most = count;
  }
  return labels.length === 0 ? 0 : most / labels.length;
}

/** The mean over the outputs of `largestShare`: (N, outputs), flat. */
export function largestShareByOutput(targets: ArrayLike<number>, outputs: number): number {
  let sum = 0;
  for (let output = 0; output < outputs; output++) {
    sum += largestShare(
      Float32Array.from({ length: targets.length / outputs }, (_, row) => targets[row * outputs + output] as number),
    );
  }
  return sum / outputs;
}
