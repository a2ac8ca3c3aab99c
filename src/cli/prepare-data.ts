import type { Dataset } from "../data/dataset.ts";
import { applyPca, fitPca, type Pca } from "../data/pca.ts";
import { applyScaling, fitStandardize, type Scaling } from "../data/scaling.ts";
import { type LoadedData, loadDataset } from "../datasets/registry.ts";
import type { FitData } from "../train/options.ts";
import type { Experiment } from "./experiment.ts";

/** The parts that an experiment trains and evaluates on, and the transforms fitted on the training part. */
export interface PreparedData {
  readonly train: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  readonly scaling?: Scaling;
  readonly targetScaling?: Scaling;
  readonly pca?: Pca;
  /** Column names of the training file if it has a header; saved in the checkpoint. */
  readonly columns?: ColumnNames;
}

/** The names by which `gradus predict` finds the columns of other files. */
export interface ColumnNames {
  /** In the order used for training, before principal components were computed. */
  readonly featureNames: readonly string[];
  readonly targetName?: string;
  readonly ignoredNames?: readonly string[];
}

/** Loads the data, holds out the validation part, then transforms all parts with what was fitted on the training part alone: first the
 *  scaling, then the principal components. */
export async function prepareData(experiment: Experiment, say: (text: string) => void): Promise<PreparedData> {
  const { train: whole, test, columns } = await loadDataset(experiment.data, say);
  const { validationSplit, seed = 0 } = experiment;
  const { train, validation }: FitData = validationSplit
    ? whole.split({ validation: validationSplit, seed })
    : { train: whole };
  const loaded: PreparedData = {
    train,
    ...(validation ? { validation } : {}),
    ...(test ? { test } : {}),
    ...(whole.featureNames ? { columns: namesOf(whole.featureNames, columns) } : {}),
  };
  return withPca(experiment, withTargetScaling(experiment, withScaling(experiment, loaded)), say);
}

function namesOf(featureNames: readonly string[], columns: LoadedData["columns"]): ColumnNames {
  const { target, ignored = [] } = columns ?? {};
  return {
    featureNames,
    ...(target === undefined ? {} : { targetName: target }),
    ...(ignored.length === 0 ? {} : { ignoredNames: ignored }),
  };
}

function withScaling({ standardize }: Experiment, data: PreparedData): PreparedData {
  if (standardize !== true) return data;
  const scaling = fitStandardize(data.train);
  return { ...changed(data, (part) => applyScaling(scaling, part)), scaling };
}

/** @throws GradusError `bad-argument` if the targets are class labels. */
function withTargetScaling({ standardizeTargets }: Experiment, data: PreparedData): PreparedData {
  if (standardizeTargets !== true) return data;
  const targetScaling = fitStandardize(data.train, { of: "targets" });
  return { ...changed(data, (part) => applyScaling(targetScaling, part)), targetScaling };
}

function withPca({ pca: options }: Experiment, data: PreparedData, say: (text: string) => void): PreparedData {
  if (options === undefined) return data;
  const pca = fitPca(data.train, typeof options === "number" ? { components: options } : options);
  const share = pca.explainedVarianceRatio.reduce((sum, ratio) => sum + ratio, 0);
  say(`${pca.components.length} principal components hold ${(100 * share).toFixed(1)} % of the variance`);
  return { ...changed(data, (part) => applyPca(pca, part)), pca };
}

/** Changes every part in the same way. */
function changed(
  { train, validation, test, ...fitted }: PreparedData,
  change: (part: Dataset) => Dataset,
): PreparedData {
  return {
    ...fitted,
    train: change(train),
    ...(validation ? { validation: change(validation) } : {}),
    ...(test ? { test: change(test) } : {}),
  };
}
