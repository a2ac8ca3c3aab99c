import type { RunRecord } from "../../watch/record.ts";
import type { Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom } from "./in-runs.ts";
import { isAtChance } from "./learning.ts";

const SOURCE =
  "Zhang, Bengio, Hardt, Recht & Vinyals, Understanding deep learning requires rethinking generalization, 2017";

const THRESHOLDS = {
  /** Share of the way from chance to 1 on the training part from which it counts as memorised. */
  learned: 0.5,
};

function look({ score, trainScore, failure }: RunRecord, { attainable, training }: Patient): Symptom | undefined {
  if (score === undefined || trainScore === undefined || failure !== undefined || attainable === undefined)
    return undefined;
  // if both parts are the same samples, nothing is known about others
  if (training?.data.validation === training?.data.train) return undefined;
  const learned = (trainScore.value - trainScore.chance) / (1 - trainScore.chance);
  if (!(learned >= THRESHOLDS.learned && isAtChance(score) && isAtChance(attainable.score))) return undefined;
  return {
    since: 1,
    weight: 0.85,
    evidence: [
      {
        measure: "labels-unlearnable",
        value: attainable.score.value,
        threshold: attainable.score.chance,
        values: { chance: attainable.score.chance },
      },
      { measure: "score-chance", value: score.value, values: { chance: score.chance, metric: score.metric } },
    ],
  };
}

/** The network has memorised its training samples and knows nothing about others, and neither do simple learners: the labels do not
 *  follow from the inputs. */
export const labelFault: Rule = {
  name: "label-fault",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) => foundIn(patient, "label-fault", SOURCE, patient.runs, (run) => look(run, patient)),
};
