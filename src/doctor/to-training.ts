import { GradusError } from "../core/errors.ts";
import { alignFeatures } from "../data/align-features.ts";
import { resolveLoss } from "../nn/losses/losses.ts";
import type { Model } from "../nn/model.ts";
import type { OptimizerConfig } from "../optim/optimizers.ts";
import type { FitData, FitOptions } from "../train/options.ts";
import type { Settings, Training } from "../train/training.ts";

/** What `fit` was told, as the doctor sees it. Without a validation part, the training samples are both.
 *  @throws GradusError `bad-argument` for an optimiser made by hand, which cannot be rewritten; as `resolveLoss`. */
export function toTraining(model: Model, options: FitOptions): Training {
  const { data, optimizer, loss, validationSplit, seed = 0, epochs = 10, batchSize = 128 } = options;
  if (typeof optimizer === "object" && "update" in optimizer) {
    throw new GradusError(
      "bad-argument",
      'the doctor needs the optimiser as data, such as { type: "adam", learningRate: 0.001 }, got a transform made by hand.',
    );
  }
  const parts: FitData =
    "train" in data ? data : validationSplit ? data.split({ validation: validationSplit, seed }) : { train: data };
  const { clip, schedule, regularizer, evaluationBatchSize, augment, shuffle, dropLast, metrics, earlyStopping } =
    options;
  const optional = {
    clip,
    schedule,
    regularizer,
    evaluationBatchSize,
    augment,
    shuffle,
    dropLast,
    metrics,
    earlyStopping,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const settings: Settings = {
    ...given,
    model: model.config,
    loss: resolveLoss(loss),
    optimizer: (typeof optimizer === "string" ? { type: optimizer } : optimizer) as OptimizerConfig,
    epochs,
    batchSize,
    seed,
  };
  const { train, validation = train } = parts;
  return { settings, data: { train, validation: alignFeatures(validation, train.featureNames) } };
}
