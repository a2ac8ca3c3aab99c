import { checkOptions, type Fields } from "../core/fields.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Model, requireModel } from "../nn/model.ts";
import { checkFitData, checkFitParts, FIT_FIELDS } from "../train/fields.ts";
import type { FitData, FitOptions } from "../train/options.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { EXAMINE_FIELDS, type ExamineOptions, examine as examineTraining } from "./examine.ts";
import { toTraining } from "./to-training.ts";

/** How the training is made, as for `fit`, and how it is examined. */
export interface ExamineModelOptions
  extends Omit<ExamineOptions, "backend" | "threads" | "signal">,
    Omit<FitOptions, "data" | "backend" | "onEvent" | "callbacks" | "initialState" | "probe" | "gradientNorms">,
    Pick<ExamineOptions, "backend"> {}

const { data: _data, onEvent, callbacks, initialState, probe, gradientNorms, ...TRAINING_FIELDS } = FIT_FIELDS;
const FIELDS: Fields<ExamineModelOptions> = { ...TRAINING_FIELDS, ...EXAMINE_FIELDS };

/** Share of the samples that is held out where there is no validation part. */
const HELD_OUT = 0.2;

/** Finds out why a training does not work, and proves the cure: looks at it before the first step, watches it with several seeds, names what
 *  is wrong and where, prescribes, and tries the prescriptions on the same seeds, samples and budget until one is proven.
 *    const diagnosis = await examine(model, { train, validation }, { loss: "softmaxCrossEntropy", optimizer: "adam", budgetSeconds: 60 });
 *    console.log(renderTerminal(diagnosis));
 *  @param data one set, of which a fifth is held out (or `validationSplit`), or training and validation apart.
 *  @throws GradusError where the training cannot be built or run at all: as `fit`. */
export async function examine(model: Model, data: Dataset | FitData, options: ExamineModelOptions): Promise<Diagnosis> {
  requireModel("examine", model);
  checkFitData("examine, data", data);
  checkOptions<ExamineModelOptions>("examine", options ?? {}, FIELDS);
  checkFitParts("examine", options);
  const { name, budgetSeconds, trial, seeds, backend, threads, signal, onProgress, prescribe, places, runner, ...fit } =
    options;
  const isWhole = !("train" in data) || data.validation === undefined;
  const split = isWhole && !fit.validationSplit ? { validationSplit: HELD_OUT } : {};
  const training = toTraining(model, { ...fit, ...split, data: "train" in data && isWhole ? data.train : data });
  const how = { name, budgetSeconds, trial, seeds, backend, threads, signal, onProgress, prescribe, places, runner };
  return examineTraining(training, how);
}
