import { describe, isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import type { LossConfig } from "../nn/losses/losses.ts";
import type { ModelConfig } from "../nn/model.ts";
import type { OptimizerConfig } from "../optim/optimizers.ts";
import type { FitOptions } from "./options.ts";

/** Everything a training is told, as plain data: an experiment without its samples. This is what remedies rewrite. */
export interface Settings
  extends Pick<
    FitOptions,
    | "clip"
    | "schedule"
    | "regularizer"
    | "evaluationBatchSize"
    | "augment"
    | "shuffle"
    | "dropLast"
    | "metrics"
    | "earlyStopping"
  > {
  readonly model: ModelConfig;
  readonly loss: LossConfig;
  readonly optimizer: OptimizerConfig;
  readonly epochs: number;
  readonly batchSize: number;
  /** Of the first run; further runs of a trial count up from it. */
  readonly seed: number;
  /** Each input feature is brought to mean 0 and deviation 1, as measured on the training part. Default false. */
  readonly standardize?: boolean;
  /** The same for targets that are values; scores are told in the original units. Default false. */
  readonly standardizeTargets?: boolean;
}

/** A training as the doctor sees it: settings that it may rewrite, samples that it leaves as they are. */
export interface Training {
  readonly settings: Settings;
  readonly data: {
    readonly train: Dataset;
    /** Where the user gave none, a part of the training samples that was held out. */
    readonly validation: Dataset;
  };
}

/** @throws GradusError `bad-argument` for what holds no settings and data. */
export function requireTraining(where: string, value: unknown): asserts value is Training {
  if (isRecord(value) && isRecord(value.settings) && isRecord(value.data)) return;
  throw new GradusError("bad-argument", `${where}: expected a training { settings, data }, got ${describe(value)}.`, {
    where,
  });
}
