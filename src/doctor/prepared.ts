import type { Dataset } from "../data/dataset.ts";
import { applyScaling, fitStandardize, type Scaling } from "../data/scaling.ts";
import type { Training } from "../train/training.ts";

/** A training whose samples are scaled as the network should see them. */
export interface Prepared {
  /** Scaled according to the settings; its own `standardize` and `standardizeTargets` are therefore false. */
  readonly training: Training;
  /** The training before scaling; scores refer to it. */
  readonly original: Training;
  /** The scaling of the inputs, if any. */
  readonly inputScaling?: Scaling | undefined;
  /** The scaling of the targets, which `invertScaling` reverses for outputs; undefined if they are not scaled. */
  readonly targetScaling?: Scaling | undefined;
}

const known = new WeakMap<Training, Prepared>();

/** The single place that performs `standardize` and `standardizeTargets`, for everything that runs or scores a training:
 *    x <- (x - mean) / deviation, feature by feature, both measured on the training part; the validation part with the same numbers
 *  Labels stay unchanged. Inputs are scaled when they are read, so that nothing is copied.
 *  For training, call `prepared(training)` once and pass the result's `training` to `fit`; for scoring, pass either training to
 *  `scoreState`, which finds the scaling here. Repeated calls, for either training, return the same result. */
export function prepared(training: Training): Prepared {
  const before = known.get(training);
  if (before !== undefined) return before;
  const { settings, data } = training;
  const inputScaling = settings.standardize === true ? fitStandardize(data.train) : undefined;
  const hasValues = data.train.targetKind === "values";
  const targetScaling =
    settings.standardizeTargets === true && hasValues ? fitStandardize(data.train, { of: "targets" }) : undefined;
  const scaled = (dataset: Dataset): Dataset =>
    [inputScaling, targetScaling].reduce((all, scaling) => (scaling ? applyScaling(scaling, all) : all), dataset);
  const isPlain = settings.standardize !== true && settings.standardizeTargets !== true;
  const answer: Prepared = {
    training: isPlain ? training : scaledTraining(training, scaled),
    original: training,
    inputScaling,
    targetScaling,
  };
  known.set(training, answer);
  known.set(answer.training, answer);
  return answer;
}

function scaledTraining({ settings, data }: Training, scaled: (dataset: Dataset) => Dataset): Training {
  const train = scaled(data.train);
  return {
    settings: { ...settings, standardize: false, standardizeTargets: false },
    // if both parts are one set, they stay one set
    data: { train, validation: data.validation === data.train ? train : scaled(data.validation) },
  };
}
