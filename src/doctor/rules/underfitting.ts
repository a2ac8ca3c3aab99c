import { largest } from "../../core/extremes.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Evidence } from "../finding.ts";
import type { Attainable, Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { bar, finite, isAtChance, lastPart, median } from "./learning.ts";

const SOURCE = "Goodfellow, Bengio & Courville, Deep Learning, 2016, section 5.2";

const THRESHOLDS = {
  /** Least fall of a log's loss, as a share of its first value: less is not learning. */
  fall: 0.02,
  /** Least fall in multiples of its standard error. */
  errors: 3,
  /** Accuracy that shows learning without a fall: its rise, or its final value. */
  rise: 0.02,
  high: 0.9,
  /** Share of the planned steps after which a run that goes on, or was stopped, can be judged by its curve alone. */
  done: 0.5,
  /** Least number of points for a judgement, and for an estimate of noise. */
  fewest: 3,
  measured: 8,
};

/** The longest curve of losses: by step or epoch, of training or validation. */
function curveOf({ readings, epochs }: RunRecord): readonly number[] {
  const curves = [
    epochs.map(({ trainLoss }) => trainLoss),
    readings.map(({ loss }) => loss),
    epochs.map(({ validationLoss }) => validationLoss),
  ].map(finite);
  return curves.reduce((longest, each) => (each.length > longest.length ? each : longest));
}

/** Standard deviation of the noise in a curve, from second differences: x - 2 y + z has 6 times the variance, and the median of a
 *  normal variable's absolute value is 0.6745 deviations. */
function noiseOf(curve: readonly number[]): number {
  if (curve.length < THRESHOLDS.measured) return 0;
  const bends = curve
    .slice(2)
    .map((z, index) => Math.abs((curve[index] as number) - 2 * (curve[index + 1] as number) + z));
  return median(bends) / (0.6745 * Math.sqrt(6));
}

/** Fall of a curve to its last quarter, as a share of the first loss. The start is averaged over a few losses, for a fall that is soon
 *  over, and over many, for a slow one in much noise. 0 if the fall does not exceed the noise. */
function fallOf(curve: readonly number[]): number {
  const end = median(lastPart(curve, 0.25));
  const noise = noiseOf(curve);
  const falls = [Math.min(5, Math.ceil(curve.length / 8)), Math.ceil(curve.length / 8)].map((count) => {
    const start = median(curve.slice(0, count));
    // standard error of a median
    const error = (1.25 * noise) / Math.sqrt(count);
    return start - end > THRESHOLDS.errors * error ? (start - end) / Math.abs(start) : 0;
  });
  return largest(falls);
}

/** A log whose loss never falls, while no accuracy shows that there is nothing left to learn. */
function standsStill(run: RunRecord): Symptom | undefined {
  const { score, failure, epochs, steps, plannedSteps = steps, cut } = run;
  const curve = curveOf(run);
  // a run that goes on may still begin to learn
  if (cut !== undefined && steps < THRESHOLDS.done * plannedSteps) return undefined;
  if (score !== undefined || failure !== undefined || curve.length < THRESHOLDS.fewest) return undefined;
  const value = fallOf(curve);
  if (value >= THRESHOLDS.fall) return undefined;
  const isLearned = [
    epochs.map(({ trainAccuracy }) => trainAccuracy),
    epochs.map(({ validationAccuracy }) => validationAccuracy),
  ]
    .map(finite)
    .some((list) => {
      const [first = Number.NaN, last = Number.NaN] = [list[0], list.at(-1)];
      return last - first >= THRESHOLDS.rise || last >= THRESHOLDS.high;
    });
  if (isLearned) return undefined;
  return { since: 1, weight: 0.4, evidence: [{ measure: "loss-fall", value, threshold: THRESHOLDS.fall }] };
}

function look({ score, trainScore, failure, cut }: RunRecord, attainable: Attainable | undefined): Symptom | undefined {
  if (score === undefined || failure !== undefined || cut !== undefined) return undefined;
  const needed = bar(score, attainable);
  // if the training part is learned, the network does not underfit, whatever the validation score
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

/** The network does not learn what simple learners learn from the same samples, not even on its own training part; or, if there is only
 *  a log, its loss never falls. */
export const underfitting: Rule = {
  name: "underfitting",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient: Patient) =>
    foundIn(
      patient,
      "underfitting",
      SOURCE,
      sickRuns(patient),
      (run) => look(run, patient.attainable) ?? standsStill(run),
    ),
};
