import { factsOf } from "../../nn/layers.ts";
import { createModel } from "../../nn/model.ts";
import type { Settings } from "../../train/training.ts";
import type { Patient } from "./patients/patient.ts";
import { TOGETHER } from "./patients/patients.ts";
import { PAIRS } from "./prove.ts";

/** The cost of starting a run, in the unit of `workOf`: about half a second. */
const START = 4e9;

/** Approximate cost of a run, for the estimate of the remaining time: multiply-adds of the weights, over all samples and epochs. */
function workOf(settings: Settings, samples: number): number {
  const model = createModel(settings.model);
  const [steps = 1] = model.layers.some((layer) => factsOf(layer).role === "recurrent")
    ? settings.model.inputShape
    : [1];
  return START + model.parameterCount * samples * settings.epochs * steps;
}

export function workOfPatient({ sick, cured, rivals, samples }: Patient): number {
  const runs = rivals ? rivals.reduce((sum, { rates }) => sum + rates.length + PAIRS, 0) : PAIRS;
  return runs * workOf(cured, samples) + (rivals ? 0 : PAIRS * workOf(sick, samples));
}

/** The final run uses two threads, where patients have two runs in parallel. */
export function workOfTogether(samples: number, settings: Settings = TOGETHER): number {
  return 2 * workOf(settings, samples);
}
