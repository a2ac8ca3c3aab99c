import { smallest } from "../../core/extremes.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Evidence } from "../finding.ts";
import type { Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom } from "./in-runs.ts";
import { bar, learnsWell, standardError, validationLosses } from "./learning.ts";

const SOURCE =
  "Prechelt, Early Stopping - But When?, 1998; Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014";

const THRESHOLDS = {
  /** The last validation loss over the lowest. */
  rise: 1.1,
  /** Score on the training part less that on the validation part. A small gap is normal: no network does as well on new samples. */
  gap: 0.1,
};

/** The gap between training and validation score, if it is significant. */
function gapEvidence({ score, trainScore }: RunRecord): Evidence | undefined {
  if (score === undefined || trainScore === undefined) return undefined;
  const threshold = Math.max(THRESHOLDS.gap, 2 * standardError(score));
  const value = trainScore.value - score.value;
  if (!(value >= threshold)) return undefined;
  const values = { training: trainScore.value, validation: score.value };
  return { measure: "generalisation-gap", value, threshold, values };
}

/** The validation loss rises again while the training loss keeps falling. */
function risen(run: RunRecord): Symptom | undefined {
  const { epochs, score } = run;
  const losses = validationLosses(epochs);
  if (losses.length < 3) return undefined;
  const lowest = smallest(losses);
  const best = losses.indexOf(lowest);
  const rise = (losses.at(-1) as number) / lowest;
  const learned = (epochs.at(-1)?.trainLoss ?? 0) < (epochs[best]?.trainLoss ?? 0);
  const gap = gapEvidence(run);
  if (!(rise >= THRESHOLDS.rise && learned && lowest > 0) || (gap === undefined && score !== undefined))
    return undefined;
  const turn: Evidence = {
    measure: "validation-loss-rise",
    value: rise,
    threshold: THRESHOLDS.rise,
    values: { epoch: epochs[best]?.epoch ?? 0 },
  };
  return { since: epochs[best]?.step ?? 0, weight: 0.75, evidence: gap === undefined ? [turn] : [turn, gap] };
}

/** The training score reaches the bar, but the validation score does not. */
function parted(run: RunRecord, patient: Patient): Symptom | undefined {
  const gap = gapEvidence(run);
  if (gap === undefined || learnsWell(run, patient.attainable)) return undefined;
  const { trainScore } = run;
  if (trainScore === undefined || trainScore.value < bar(trainScore, patient.attainable)) return undefined;
  return { since: 1, weight: 0.5, evidence: [gap] };
}

/** The network memorises its training samples. Checked in every run, because one that ends well may have been better before. */
export const overfitting: Rule = {
  name: "overfitting",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient: Patient) =>
    foundIn(patient, "overfitting", SOURCE, patient.runs, (run) =>
      run.failure === undefined ? (risen(run) ?? parted(run, patient)) : undefined,
    ),
};
