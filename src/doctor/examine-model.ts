import { checkOptions, type Fields } from "../core/fields.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Model, requireModel } from "../nn/model.ts";
import { checkFitData, checkFitParts } from "../train/check-options.ts";
import type { FitData, FitOptions } from "../train/options.ts";
import { FIT_FIELDS, type OptionName, pickOptions } from "../train/training-options.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { EXAMINE_FIELDS, type ExamineOptions, examine as examineTraining } from "./examine.ts";
import { toTraining } from "./to-training.ts";

/** What is trained and how, as for `fit`, and how it is examined. */
export interface ExamineModelOptions extends Pick<FitOptions, OptionName<"training" | "samples">>, ExamineOptions {}

const FIELDS: Fields<ExamineModelOptions> = { ...pickOptions(FIT_FIELDS, "training", "samples"), ...EXAMINE_FIELDS };

/** Share of the samples that is held out if there is no validation part. */
export const HELD_OUT = 0.2;

/** Finds out why a training does not work, and proves the cure: checks it before the first step, watches it with several seeds, names what
 *  is wrong and where, prescribes, and tries the prescriptions on the same seeds, samples and budget until one is proven.
 *    const diagnosis = await examine(model, { train, validation }, { loss: "softmaxCrossEntropy", optimizer: "adam", budgetSeconds: 60 });
 *    console.log(renderTerminal(diagnosis));
 *  @param data one set, of which a fifth is held out (or `validationSplit`), or training and validation apart.
 *  @throws GradusError if the training cannot be built or run at all: as `fit`. */
export async function examine(model: Model, data: Dataset | FitData, options: ExamineModelOptions): Promise<Diagnosis> {
  requireModel("examine", model);
  checkFitData("examine, data", data);
  checkOptions<ExamineModelOptions>("examine", options ?? {}, FIELDS);
  checkFitParts("examine", options);
  const fit = pickOptions(options, "training", "samples");
  const isWhole = !("train" in data) || data.validation === undefined;
  const split = isWhole && !fit.validationSplit ? { validationSplit: HELD_OUT } : {};
  const training = toTraining(model, { ...fit, ...split, data: "train" in data && isWhole ? data.train : data });
  const how = Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(EXAMINE_FIELDS, name)));
  return examineTraining(training, how);
}
