import type { RunRecord } from "../../watch/record.ts";
import type { Attainable, Patient, Rule } from "../patient.ts";
import { meanOf } from "../trial/statistics.ts";
import { foundIn, type Symptom } from "./in-runs.ts";
import { bar, finite, lastPart, learnsWell, median, quantile, standardError, validationLosses } from "./learning.ts";

const SOURCE =
  "Zhang, Zhai, Ma & Shen, AUTOTRAINER: An Automatic DNN Training Problem Detection and Repair System, 2021";

const THRESHOLDS = {
  /** Change of the accuracy from one epoch to the next that counts as a swing, and the share of epochs with one. */
  swing: 0.03,
  share: 0.2,
  /** Change of the loss from epoch to epoch relative to its median, in the last half of the run. */
  loss: 0.25,
  /** Epochs needed to distinguish a swing from a fall. */
  epochs: 6,
};

function turns(values: readonly number[]): readonly number[] {
  // a swing goes up and down again: differences that change their sign
  const steps = values.slice(1).map((value, index) => value - (values[index] as number));
  return steps.slice(1).flatMap((step, index) => {
    const before = steps[index] as number;
    return step * before < 0 ? [Math.min(Math.abs(step), Math.abs(before))] : [];
  });
}

function look(run: RunRecord, attainable: Attainable | undefined): Symptom | undefined {
  const { epochs, score } = run;
  const settled = lastPart(epochs, 0.5);
  if (settled.length < THRESHOLDS.epochs) return undefined;
  const accuracies = finite(settled.map(({ validationAccuracy }) => validationAccuracy));
  // swings between good and better are harmless
  const low = quantile(accuracies, THRESHOLDS.share);
  const isHarmless =
    accuracies.length > 0 && score?.metric === "accuracy" ? low >= bar(score, attainable) : learnsWell(run, attainable);
  if (isHarmless) return undefined;
  const margin = score === undefined ? 0 : 2 * standardError(score);
  const limit = Math.max(THRESHOLDS.swing, margin);
  const swings = turns(accuracies).filter((swing) => swing >= limit);
  const share = swings.length / Math.max(1, accuracies.length - 2);
  if (share >= THRESHOLDS.share) {
    return {
      since: settled[0]?.step ?? 0,
      weight: 0.65,
      evidence: [{ measure: "score-swing", value: meanOf(swings), threshold: limit, values: { share } }],
    };
  }
  const losses = validationLosses(settled);
  const swing = median(turns(losses)) / Math.abs(median(losses));
  const count = turns(losses).length / Math.max(1, losses.length - 2);
  if (!(swing >= THRESHOLDS.loss && count >= 0.5)) return undefined;
  return {
    since: settled[0]?.step ?? 0,
    weight: 0.6,
    evidence: [{ measure: "loss-swing", value: swing, threshold: THRESHOLDS.loss, values: { share: count } }],
  };
}

/** The loss goes up and down by more than it falls. A run may end well by luck, so the low points of its swings count, not its
 *  end. */
export const oscillatingLoss: Rule = {
  name: "oscillating-loss",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient: Patient) =>
    foundIn(patient, "oscillating-loss", SOURCE, patient.runs, (run) => look(run, patient.attainable)),
};
