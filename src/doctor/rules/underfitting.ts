import type { Evidence } from "../finding.ts";
import type { Attainable, Patient, Rule } from "../patient.ts";
import type { RunRecord } from "../record.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { bar, isAtChance } from "./learning.ts";

const SOURCE = "Goodfellow, Bengio & Courville, Deep Learning, 2016, section 5.2";

function look({ score, trainScore, failure, cut }: RunRecord, attainable: Attainable | undefined): Symptom | undefined {
  if (score === undefined || failure !== undefined || cut !== undefined) return undefined;
  const needed = bar(score, attainable);
  // a training part that is learned is not underfitted, whatever the other part says
  if (trainScore !== undefined && trainScore.value >= needed) return undefined;
  const { metric, chance, value } = score;
  const evidence: Evidence[] = [];
  if (attainable !== undefined) {
    evidence.push({
      measure: "score-against-attainable",
      value,
      threshold: needed,
      values: { attainable: attainable.score.value, learner: attainable.learner, chance, metric },
    });
  }
  if (isAtChance(score))
    evidence.push({ measure: "score-chance", value, threshold: needed, values: { chance, metric } });
  if (evidence.length === 0) return undefined;
  return { since: 1, weight: 0.4, evidence };
}

/** The network does not learn what simple learners learn from the same samples, not even on its own training part. */
export const underfitting: Rule = {
  name: "underfitting",
  thresholds: {},
  source: SOURCE,
  examine: (patient: Patient) =>
    foundIn(patient, "underfitting", SOURCE, sickRuns(patient), (run) => look(run, patient.attainable)),
};
