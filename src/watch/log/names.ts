import { layerMeaning } from "./layer-names.ts";
import type { Meaning, Part } from "./series.ts";

// Maps, not objects: a column may be called "constructor".
// Names of columns and tags in common tools: Keras (CSVLogger, TensorBoard), PyTorch's SummaryWriter, Lightning, Hugging Face.

const PARTS: ReadonlyMap<string, Part> = new Map(
  Object.entries({
    train: "train",
    training: "train",
    trn: "train",
    val: "validation",
    valid: "validation",
    validation: "validation",
    dev: "validation",
    eval: "validation",
    evaluation: "validation",
    test: "test",
    testing: "test",
  }),
);

const LOSSES = new Set([
  "loss",
  "cost",
  "objective",
  "nll",
  "nll loss",
  "ce loss",
  "cross entropy",
  "cross entropy loss",
]);

const ACCURACIES = new Set([
  "acc",
  "accuracy",
  "binary accuracy",
  "categorical accuracy",
  "sparse categorical accuracy",
  "multiclass accuracy",
  "binaryaccuracy",
  "multiclassaccuracy",
  "top1",
  "top 1",
  "acc1",
  "acc 1",
  "top1 accuracy",
  "top 1 accuracy",
]);

const COUNTERS: ReadonlyMap<string, "step" | "epoch"> = new Map(
  Object.entries({
    epoch: "epoch",
    epochs: "epoch",
    step: "step",
    steps: "step",
    "global step": "step",
    iteration: "step",
    iterations: "step",
    iter: "step",
    "train global step": "step",
    "train epoch": "epoch",
    "trainer global step": "step",
  }),
);

const OTHERS = [
  /^(lr|learning rate)\b/,
  /\b(lr|learning rate)$/,
  /\b(time|seconds|duration|runtime|timestamp)\b/,
  /\bper second\b/,
  /^hp metric$/,
  /^samples$/,
];

/** Words without effect on the meaning: `epoch_loss`, `loss vs iterations`, `Metrics/avg_loss`. */
const FILLERS = new Set([
  "metrics",
  "metric",
  "avg",
  "average",
  "mean",
  "running",
  "total",
  "scalar",
  "scalars",
  "logs",
  "vs",
  "per",
  "final",
]);

/** `trainLoss/Epoch_1` -> train, loss, epoch, 1 */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** The part of the data that a folder or name refers to. */
export function partOf(name: string): Part | undefined {
  return wordsOf(name)
    .map((word) => PARTS.get(word))
    .find((part) => part !== undefined);
}

/** Reads a name.
 *  @param isDistribution whether its values are histograms.
 *  @param folderPart the part that the whole log refers to, for names without one. */
export function meaningOf(name: string, isDistribution: boolean, folderPart?: Part): Meaning | undefined {
  const words = wordsOf(name);
  const said = words.join(" ");
  if (!isDistribution) {
    const counter = COUNTERS.get(said);
    if (counter !== undefined) return { kind: counter };
    const curve = curveMeaning(words, folderPart);
    if (curve !== undefined) return curve;
  }
  const layer = layerMeaning(name, isDistribution);
  if (layer !== undefined) return layer;
  return OTHERS.some((pattern) => pattern.test(said)) ? { kind: "other" } : undefined;
}

/** Loss or accuracy: besides it the name may contain only the part, the frequency, and fillers. `box_loss` does not match. */
function curveMeaning(words: readonly string[], folderPart: Part | undefined): Meaning | undefined {
  const part = words.map((word) => PARTS.get(word)).find((each) => each !== undefined);
  const per = words.some((word) => /^epochs?$/.test(word))
    ? ("epoch" as const)
    : words.some((word) => /^(batch|steps?|iter|iterations?)$/.test(word))
      ? ("step" as const)
      : undefined;
  const rest = words.filter(
    (word) => !PARTS.has(word) && !FILLERS.has(word) && !/^(epochs?|batch|steps?|iter|iterations?)$/.test(word),
  );
  // add_scalars repeats the name: Loss/loss
  const measure = [...new Set(rest)].join(" ");
  const kind = LOSSES.has(measure) ? "loss" : ACCURACIES.has(measure) ? "accuracy" : undefined;
  return kind && { kind, part: part ?? folderPart ?? "train", per };
}
