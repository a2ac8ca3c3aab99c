import { describe, isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import type { LossConfig } from "../nn/losses/losses.ts";
import type { ModelConfig } from "../nn/model.ts";
import type { OptimizerConfig } from "../optim/optimizers.ts";
import type { FitOptions } from "./options.ts";
import { DEFAULTS, type OptionName, type Preparation, pickOptions } from "./training-options.ts";

/** A training as plain data: an experiment without its samples. Remedies rewrite it. It has those options of `fit` that belong to a
 *  training, by the list in training-options.ts, without shorthands. */
export interface Settings extends Pick<FitOptions, OptionName<"training">>, Preparation {
  readonly model: ModelConfig;
  readonly loss: LossConfig;
  readonly optimizer: OptimizerConfig;
  readonly epochs: number;
  readonly batchSize: number;
  /** Of the first run; further runs of a trial count up from it. */
  readonly seed: number;
}

/** A training as the doctor sees it: settings that it may rewrite, samples that it leaves as they are. */
export interface Training {
  readonly settings: Settings;
  readonly data: {
    readonly train: Dataset;
    /** If the user gave none, a part of the training samples that was held out. */
    readonly validation: Dataset;
  };
}

/** The options of a training, which may have shorthands, as settings: a bare name becomes `{ type: name }`, and the options without
 *  which no settings are complete get their defaults. The content of objects is not checked. */
export function settingsOf(
  model: Settings["model"],
  options: Pick<FitOptions, OptionName<"training">> & Preparation,
): Settings {
  const { standardize, standardizeTargets } = options;
  const { loss, optimizer, epochs, batchSize, seed, ...others } = pickOptions(options, "training");
  return {
    ...others,
    ...(standardize === undefined ? {} : { standardize }),
    ...(standardizeTargets === undefined ? {} : { standardizeTargets }),
    model,
    loss: typed(loss) as Settings["loss"],
    optimizer: typed(optimizer) as Settings["optimizer"],
    epochs: epochs ?? DEFAULTS.epochs,
    batchSize: batchSize ?? DEFAULTS.batchSize,
    seed: seed ?? DEFAULTS.seed,
  };
}

/** `"adam"` as `{ type: "adam" }`; anything else unchanged. */
export function typed(config: unknown): unknown {
  return typeof config === "string" ? { type: config } : config;
}

/** @throws GradusError `bad-argument` for anything but an object with settings and data. */
export function requireTraining(where: string, value: unknown): asserts value is Training {
  if (isRecord(value) && isRecord(value.settings) && isRecord(value.data)) return;
  throw new GradusError("bad-argument", `${where}: expected a training { settings, data }, got ${describe(value)}.`, {
    where,
  });
}
