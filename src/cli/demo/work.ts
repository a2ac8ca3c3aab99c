import { factsOf } from "../../nn/layers.ts";
import { createModel } from "../../nn/model.ts";
import type { Settings } from "../../train/training.ts";
import type { Patient } from "./patients/patient.ts";
import { TOGETHER } from "./patients/patients.ts";
import { PAIRS } from "./prove.ts";

/** What starting a run costs, in the unit of `workOf`: about half a second. */
const START = 4e9;

/** About how much there is to compute in a run: multiply-adds of the weights, over all samples and epochs. For the time that is left. */
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

/** One run, with two threads where patients have two runs side by side. */
export function workOfTogether(samples: number, settings: Settings = TOGETHER): number {
  return 2 * workOf(settings, samples);
}
