import type { Dataset } from "../data/dataset.ts";
import { applyScaling, fitStandardize, type Scaling } from "../data/scaling.ts";
import type { Training } from "../train/training.ts";

/** A training whose samples are as the network is to see them. */
export interface Prepared {
  /** Scaled as the settings say, and so told no more: its own `standardize` and `standardizeTargets` are false. */
  readonly training: Training;
  /** As the samples were before: what scores are told of. */
  readonly original: Training;
  /** What the inputs went through, where they went through something. */
  readonly inputScaling?: Scaling | undefined;
  /** What brings outputs back to their units, by `invertScaling`; undefined where the targets are as they were. */
  readonly targetScaling?: Scaling | undefined;
}

const known = new WeakMap<Training, Prepared>();

/** The one place where `standardize` and `standardizeTargets` are carried out, for everything that runs or scores a training:
 *    x <- (x - mean) / deviation, feature by feature, both measured on the training part; the validation part with the same numbers
 *  Targets that are labels stay as they are. Inputs are scaled as they are read, so that nothing is copied.
 *  Who trains calls `prepared(training)` once and gives `training` of the answer to `fit`; who scores may give either training to
 *  `scoreState`, which finds the scaling here. Asked again, for either, it gives the same answer. */
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
    // one set for both parts stays one set
    data: { train, validation: data.validation === data.train ? train : scaled(data.validation) },
  };
}
