import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import type { LossInput } from "../nn/losses/losses.ts";
import { type LossKind, lossKind } from "./loss-kind.ts";
import type { TargetForm } from "./metrics.ts";

/** The context of a metric in a run: what the loss states about outputs and targets, and the form of the targets. */
export interface RunMetricContext extends LossKind {
  readonly form: TargetForm;
  /** A target above is a yes. */
  readonly middle: number;
}

/** @throws GradusError as `lossKind`. */
export function metricContextOf(loss: LossInput, dataset: Dataset): RunMetricContext {
  const kind = lossKind(loss);
  const { form, middle = 0.5 } = formOf(dataset, kind);
  // numbers are compared on the scale of the targets: 0 and 1, or -1 and 1
  return { ...kind, form, middle, threshold: kind.targets === "values" ? middle : kind.threshold };
}

function formOf(
  dataset: Dataset,
  { targets: expected, classAxis }: LossKind,
): { readonly form: TargetForm; readonly middle?: number } {
  if (dataset.targetKind === "labels") return { form: "labels" };
  if (expected === "classes") return { form: "oneHot" };
  const values = dataset.toTargets();
  const low = lowOf(values);
  if (low === undefined) return { form: expected === "binary" ? "yesNo" : "numbers" };
  const { targetShape } = dataset;
  const along = classAxis < 0 ? targetShape.length + classAxis : classAxis;
  const classes = targetShape[along] ?? 1;
  const isOneHot = classes > 1 && hasOneHigh(values, classes, sizeOf(targetShape.slice(along + 1)));
  return { form: isOneHot ? "oneHot" : "yesNo", middle: (low + 1) / 2 };
}

/** 0 or -1 if the numbers are only that and 1; undefined for any others. */
function lowOf(values: ArrayLike<number>): 0 | -1 | undefined {
  const others = new Set<number>();
  for (let index = 0; index < values.length && others.size < 2; index++) {
    if (values[index] !== 1) others.add(values[index] as number);
  }
  const [low = 0] = others;
  return others.size < 2 && (low === 0 || low === -1) ? low : undefined;
}

/** Whether exactly one of the classes is 1 at every place; classes are `inner` numbers apart. */
function hasOneHigh(values: ArrayLike<number>, classes: number, inner: number): boolean {
  const counts = new Uint8Array(values.length / classes);
  for (let index = 0; index < values.length; index++) {
    if (values[index] !== 1) continue;
    const place = Math.floor(index / (classes * inner)) * inner + (index % inner);
    if (++(counts[place] as number) > 1) return false;
  }
  return counts.every((count) => count === 1);
}
