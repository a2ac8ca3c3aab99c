import { GradusError, requireArgument } from "../core/errors.ts";
import { requireLabels } from "../core/labels.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../core/shape.ts";
import { alignFeatures } from "../data/align-features.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Augment, createAugment } from "../data/images/augment.ts";
import { normalizesBatch } from "../nn/layers.ts";
import { type Model, requireModel } from "../nn/model.ts";
import { FEATURE_NAMES } from "../nn/state.ts";
import { createClip } from "../optim/clip.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { createOptimizer } from "../optim/optimizers.ts";
import type { Schedule } from "../optim/schedules.ts";
import { chain, type Transform } from "../optim/transform.ts";
import { type AveragesPlan, planAverages } from "./averages/options.ts";
import { checkFitOptions } from "./check-options.ts";
import { type CheckpointPlan, planCheckpoints } from "./checkpoints/options.ts";
import { EarlyStopping } from "./early-stopping.ts";
import { requireEmbeddingIndices } from "./embedding-indices.ts";
import type { MetricName } from "./events.ts";
import { lossKind } from "./loss-kind.ts";
import { checkMetrics, type MetricContext } from "./metrics.ts";
import type { FitOptions } from "./options.ts";
import type { StepProbe } from "./probe.ts";
import { createRunSchedule } from "./schedule.ts";
import { metricContextOf } from "./target-form.ts";
import { withDefaults } from "./training-options.ts";

/** Everything that the loop needs: checked options with defaults filled in, and data fitted to the model. */
export interface Plan {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  /** Changes training batches. */
  readonly augment: Augment | undefined;
  readonly transform: Transform;
  /** Undefined for a custom transform that keeps its own rate. */
  readonly baseLearningRate: number | undefined;
  readonly schedule: Schedule | undefined;
  /** Feed the schedule's momentum, if it has one. */
  readonly usesMomentum: boolean;
  readonly averages: AveragesPlan;
  readonly epochs: number;
  readonly batchSize: number;
  readonly evaluationBatchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly seed: number;
  readonly metrics: readonly MetricName[];
  readonly metricContext: MetricContext;
  readonly earlyStopping: EarlyStopping | undefined;
  /** Gradient norms are due at every n-th step; 0: never. */
  readonly gradientNormsEvery: number;
  readonly probe: StepProbe | undefined;
  readonly checkpoint: CheckpointPlan | undefined;
}

/** @throws GradusError before anything is compiled or trained: `bad-argument`, `unknown-field`, `empty-dataset`, `shape-mismatch`
 *  between data, model and loss, `label-out-of-range`, `bad-data` for an index outside an embedding's vocabulary. */
export function preparePlan(model: Model, options: FitOptions): Plan {
  requireModel("fit", model);
  checkFitOptions("fit", options);
  const { epochs, batchSize, evaluationBatchSize, shuffle, seed } = withDefaults(options);
  const every = gradientNormsEvery(options.gradientNorms);
  const given = splitData(options, seed);
  const train = alignFeatures(given.train, options.initialState?.[FEATURE_NAMES]);
  const validation = given.validation && alignFeatures(given.validation, train.featureNames);
  const fittedTrain = fitToModel(train, model, options.loss);
  const fittedValidation = validation && fitToModel(validation, model, options.loss);
  requireArgument(
    options.earlyStopping === undefined || fittedValidation !== undefined,
    "fit: earlyStopping needs validation data. Give validationSplit, or data with a validation part.",
  );
  const metricContext = metricContextOf(options.loss, fittedTrain);
  const metrics = checkMetrics(options.metrics ?? defaultMetrics(fittedTrain), model.outputShape, metricContext);
  const earlyStopping = options.earlyStopping && new EarlyStopping(options.earlyStopping);
  earlyStopping?.requireMeasured(metrics);
  const averages = planAverages("fit", options, epochs);
  earlyStopping?.requireKept(averages);
  const { transform, optimizer } = createTransform(options);
  requireArgument(
    options.schedule === undefined || optimizer !== undefined,
    'fit: a schedule needs the optimiser\'s base learning rate. Give the optimiser as data, such as { type: "sgd", learningRate: 0.1 }.',
  );
  const dropLast = options.dropLast ?? leavesOneForBatchNorm(fittedTrain.length, batchSize, model);
  const steps = epochs * Math.max(1, Math[dropLast ? "floor" : "ceil"](fittedTrain.length / batchSize));
  return {
    train: fittedTrain,
    validation: fittedValidation,
    augment: options.augment && createAugment(options.augment, fittedTrain.inputShape, seed),
    transform,
    baseLearningRate: optimizer?.defaultLearningRate,
    schedule:
      options.schedule &&
      optimizer &&
      createRunSchedule(options.schedule, optimizer.defaultLearningRate, { step: steps, epoch: epochs }),
    usesMomentum: optimizer?.usesMomentum ?? false,
    averages,
    epochs,
    batchSize: Math.min(batchSize, fittedTrain.length),
    dropLast,
    evaluationBatchSize,
    shuffle,
    seed,
    metrics,
    metricContext,
    earlyStopping,
    gradientNormsEvery: every,
    probe: options.probe,
    checkpoint: options.checkpoint && planCheckpoints("fit", options.checkpoint),
  };
}

/** Accuracy for class labels; for values the loss suffices. */
export function defaultMetrics({ targetKind }: Dataset): readonly MetricName[] {
  return targetKind === "labels" ? ["accuracy"] : [];
}

/** Whether batch normalisation would meet a last batch of one sample without spatial axes, which it cannot train on: one number
 *  per channel has no variance. */
function leavesOneForBatchNorm(samples: number, batchSize: number, model: Model): boolean {
  const needsTwo = model.layers.some((layer) => normalizesBatch(layer) && sizeOf(layer.inputShape.slice(1)) === 1);
  return samples > batchSize && samples % batchSize === 1 && needsTwo;
}

/** Clip and optimiser as one transform; the optimiser separately if it is one of ours. */
function createTransform({ optimizer: given, clip }: FitOptions): {
  readonly transform: Transform;
  readonly optimizer: Optimizer | undefined;
} {
  const isMade = typeof given === "object" && "update" in given;
  const base: Transform | Optimizer = isMade ? given : createOptimizer(given);
  return {
    transform: clip === undefined ? base : chain(createClip(clip), base),
    optimizer: "defaultLearningRate" in base ? (base as Optimizer) : undefined,
  };
}

function gradientNormsEvery(option: FitOptions["gradientNorms"]): number {
  if (option === undefined || option === false) return 0;
  return option === true ? 1 : option.every;
}

function splitData(
  { data, validationSplit }: FitOptions,
  seed: number,
): { readonly train: Dataset; readonly validation: Dataset | undefined } {
  const given = "train" in data ? data : { train: data, validation: undefined };
  requireNotEmpty("fit", given.train);
  if (given.validation) requireNotEmpty("fit", given.validation);
  if (validationSplit === undefined || validationSplit === 0)
    return { train: given.train, validation: given.validation };
  requireArgument(
    given.validation === undefined,
    "fit: both validationSplit and a validation set were given. Leave one of them out.",
    { validationSplit },
  );
  return given.train.split({ validation: validationSplit, seed });
}

/** @throws GradusError `empty-dataset`. */
export function requireNotEmpty(where: string, dataset: Dataset): void {
  if (dataset.length > 0) return;
  throw new GradusError("empty-dataset", `${where}: dataset ${dataset.name} has no samples. Give at least one.`, {
    name: dataset.name,
  });
}

/** The dataset in the model's input shape; shapes of equal size are reshaped, labels are checked.
 *  @throws GradusError `shape-mismatch`, `label-out-of-range`, and as `fitInputs`. */
export function fitToModel(dataset: Dataset, model: Model, loss: FitOptions["loss"]): Dataset {
  const fitted = fitInputs(dataset, model);
  const { targets, classAxis, ignoreIndex } = lossKind(loss);
  const { outputShape } = model;
  if (dataset.targetKind === "labels" && targets !== "values") {
    const classes = targets === "binary" ? 2 : (outputShape.at(classAxis) ?? 1);
    const where = `dataset ${dataset.name}, for a model of ${classes} classes`;
    // a label that the loss ignores need not be a class
    const labels = dataset.toTargets().map((label) => (label === ignoreIndex ? 0 : label));
    requireLabels(where, labels, classes, sizeOf(dataset.targetShape));
    if (targets === "classes") return fitted;
  }
  if (sizeOf(dataset.targetShape) === sizeOf(outputShape)) return fitted;
  const advice = targets === "classes" ? adviceOnLabels(dataset, outputShape, classAxis) : undefined;
  throw new GradusError(
    "shape-mismatch",
    `fit: the model's output is ${formatShape(outputShape)} per sample, the targets of ${dataset.name} are ${formatShape(dataset.targetShape)}` +
      `${dataset.targetKind === "labels" ? " (class labels)" : ""}. ` +
      (advice ?? `Give the last layer ${sizeOf(dataset.targetShape)} units, or choose a loss that fits the targets.`),
    { output: outputShape, target: dataset.targetShape, targetKind: dataset.targetKind },
  );
}

/** How to have values read as class labels; undefined if they cannot be labels. */
function adviceOnLabels(dataset: Dataset, outputShape: Shape, classAxis: number): string | undefined {
  if (dataset.targetKind !== "values") return undefined;
  if (sizeOf(dataset.targetShape) === 1) {
    return 'If they are class labels, say so: task: "classification" for a CSV file, classes: n for arrays.';
  }
  const areLabelled = sizeOf(dataset.targetShape) * (outputShape.at(classAxis) ?? 1) === sizeOf(outputShape);
  return areLabelled ? 'If they are class labels, say so: targetKind: "labels" for arrays.' : undefined;
}

/** The dataset in the model's input shape; indices for an embedding are checked.
 *  @throws GradusError `shape-mismatch`; `bad-data` for an index outside the vocabulary. */
export function fitInputs(dataset: Dataset, model: Model): Dataset {
  const { inputShape } = model.config;
  if (sizeOf(dataset.inputShape) === sizeOf(inputShape)) {
    requireEmbeddingIndices(model, dataset);
    return sameShape(dataset.inputShape, inputShape) ? dataset : dataset.reshape(inputShape);
  }
  throw new GradusError(
    "shape-mismatch",
    `fit: the model takes inputs ${formatShape(inputShape)}, dataset ${dataset.name} has ${formatShape(dataset.inputShape)}. ` +
      `Give the model inputShape [${dataset.inputShape.join(", ")}].`,
    { model: inputShape, data: dataset.inputShape },
  );
}
