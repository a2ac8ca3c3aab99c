import type { RunRecord } from "../../watch/record.ts";
import type { Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { finite, median } from "./learning.ts";
import { largestUpdate, THRESHOLDS as RATES } from "./learning-rate.ts";
import { vanishes } from "./vanishing-gradient.ts";

const SOURCE = "Bottou, Stochastic Gradient Descent Tricks, 2012";

const THRESHOLDS = {
  /** Share of the training loss's whole fall between the last two fifths of the run. A run that has converged has none; one that
   *  falls evenly has about a fifth. */
  stillFalling: 0.1,
  /** Least fall over the run, as a share of the first loss: less is not learning. */
  fall: 0.02,
};

function look({ epochs, readings, failure, steps, cut, score }: RunRecord): Symptom | undefined {
  // without a score there is no goal to be too slow for
  if (failure !== undefined || cut !== undefined || score === undefined) return undefined;
  const byEpoch = epochs.map(({ trainLoss, step }) => ({ loss: trainLoss, step }));
  const curve = byEpoch.length >= 8 ? byEpoch : readings.map(({ loss, step }) => ({ loss, step }));
  const first = curve[0];
  if (first === undefined || curve.length < 4) return undefined;
  // single batches are noisy, so this takes means over the parts
  const part = (from: number, to: number) => {
    const inside = curve.filter(({ step }) => step > from * steps && step <= to * steps);
    return inside.reduce((sum, { loss }) => sum + loss, 0) / inside.length;
  };
  const [before, last] = [part(0.6, 0.8), part(0.8, 1)];
  const fall = first.loss - last;
  const share = (before - last) / fall;
  const fell = fall / Math.abs(first.loss);
  if (!(fall > 0 && share > THRESHOLDS.stillFalling && fell > THRESHOLDS.fall)) return undefined;
  return {
    since: Math.ceil(0.8 * steps),
    weight: 0.55,
    evidence: [{ measure: "loss-still-falling", value: share, threshold: THRESHOLDS.stillFalling, values: { fell } }],
  };
}

/** Steps of the usual size, but too few for the weights to get anywhere. */
function hasFewSteps(patient: Patient, run: RunRecord): Symptom | undefined {
  const { readings, failure, steps, cut } = run;
  if (failure !== undefined || cut !== undefined || vanishes(patient, run) !== undefined) return undefined;
  const ratio = median(finite(readings.map(largestUpdate)));
  const reach = ratio * steps;
  if (!(reach < RATES.reach && ratio >= RATES.usual)) return undefined;
  return {
    since: steps,
    weight: 0.7,
    evidence: [{ measure: "few-steps", value: steps, threshold: Math.ceil(RATES.reach / ratio), values: { reach } }],
  };
}

/** The network learns, but the run ends too early. */
export const slowConvergence: Rule = {
  name: "slow-convergence",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) =>
    foundIn(patient, "slow-convergence", SOURCE, sickRuns(patient), (run) => hasFewSteps(patient, run) ?? look(run)),
};
