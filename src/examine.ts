import { isRecord } from "./core/describe.ts";
import { isNode } from "./core/host.ts";
import type { Dataset } from "./data/dataset.ts";
import type { Diagnosis } from "./doctor/diagnosis.ts";
import { type ExamineOptions, examine as examineTrainingHere } from "./doctor/examine.ts";
import { type ExamineModelOptions, examine as examineModelHere } from "./doctor/examine-model.ts";
import type { OpenPlace } from "./doctor/trial/places.ts";
import type { Model } from "./nn/model.ts";
import type { FitData } from "./train/options.ts";
import type { Training } from "./train/training.ts";

// What `gradus/doctor` adds to the doctor's own functions: places for runs, where this host has some.

/** The options, with processes as places in Node; elsewhere runs are made one after the other. What is no object is left to be refused. */
async function withPlaces<Options extends { readonly places?: OpenPlace | undefined }>(
  options: Options,
): Promise<Options> {
  if (!isNode || !isRecord(options) || options.places !== undefined) return options;
  const { processPlaces } = await import("./processes/run-process.ts");
  return { ...options, places: processPlaces() };
}

/** Finds out why a training does not work, and proves the cure: looks at it before the first step, watches it with several seeds, names what
 *  is wrong and where, prescribes, and tries the prescriptions on the same seeds, samples and budget until one is proven.
 *    const diagnosis = await examine(model, { train, validation }, { loss: "softmaxCrossEntropy", optimizer: "adam", budgetSeconds: 60 });
 *    console.log(renderTerminal(diagnosis));
 *  @param data one set, of which a fifth is held out (or `validationSplit`), or training and validation apart.
 *  @throws GradusError where the training cannot be built or run at all: as `fit`. */
export async function examine(model: Model, data: Dataset | FitData, options: ExamineModelOptions): Promise<Diagnosis> {
  return examineModelHere(model, data, await withPlaces(options));
}

/** The same for a training that is plain data.
 *    const diagnosis = await examineTraining({ settings, data: { train, validation } }, { budgetSeconds: 60 })
 *  @throws GradusError where the training cannot be built or run at all: as `createModel` and `fit`. */
export async function examineTraining(training: Training, options: ExamineOptions = {}): Promise<Diagnosis> {
  return examineTrainingHere(training, await withPlaces(options));
}
