import { GradusError } from "../core/errors.ts";
import { alignFeatures } from "../data/align-features.ts";
import { resolveLoss } from "../nn/losses/losses.ts";
import type { Model } from "../nn/model.ts";
import type { FitData, FitOptions } from "../train/options.ts";
import { settingsOf, type Training } from "../train/training.ts";
import { DEFAULTS } from "../train/training-options.ts";

/** The options of `fit` as the doctor sees them. Without a validation part, the training samples are both.
 *  @throws GradusError `bad-argument` for an optimiser made by hand, which cannot be rewritten; as `resolveLoss`. */
export function toTraining(model: Model, options: FitOptions): Training {
  const { data, optimizer, validationSplit, seed = DEFAULTS.seed } = options;
  if (typeof optimizer === "object" && "update" in optimizer) {
    throw new GradusError(
      "bad-argument",
      'the doctor needs the optimiser as data, such as { type: "adam", learningRate: 0.001 }, got a transform made by hand.',
    );
  }
  const parts: FitData =
    "train" in data ? data : validationSplit ? data.split({ validation: validationSplit, seed }) : { train: data };
  const settings = settingsOf(model.config, { ...options, loss: resolveLoss(options.loss) });
  const { train, validation = train } = parts;
  return { settings, data: { train, validation: alignFeatures(validation, train.featureNames) } };
}
