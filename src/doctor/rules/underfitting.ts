import { largest } from "../../core/extremes.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Evidence } from "../finding.ts";
import type { Attainable, Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { bar, finite, isAtChance, lastPart, median } from "./learning.ts";

const SOURCE = "Goodfellow, Bengio & Courville, Deep Learning, 2016, section 5.2";

const THRESHOLDS = {
  /** Share of its first value by which the loss of a log must fall: less is no learning at all. */
  fall: 0.02,
  /** Fall over its own standard error that is no accident. */
  errors: 3,
  /** Accuracy that shows learning without a fall: by how much it rose, or where it is at the end. */
  rise: 0.02,
  high: 0.9,
  /** Points that say something, and from which on noise is measured. */
  fewest: 3,
  measured: 8,
};

/** The losses in order: of steps or epochs, of training or, where the log tells none, of validation. */
function curveOf({ readings, epochs }: RunRecord): readonly number[] {
  const curves = [
    epochs.map(({ trainLoss }) => trainLoss),
    readings.map(({ loss }) => loss),
    epochs.map(({ validationLoss }) => validationLoss),
  ].map(finite);
  return curves.reduce((longest, each) => (each.length > longest.length ? each : longest));
}

/** Standard deviation of what is random in a curve, from the bends between neighbours: x - 2 y + z has 6 times the variance, and the
 *  median of a normal variable's size is 0.6745 deviations. */
function noiseOf(curve: readonly number[]): number {
  if (curve.length < THRESHOLDS.measured) return 0;
  const bends = curve
    .slice(2)
    .map((z, index) => Math.abs((curve[index] as number) - 2 * (curve[index + 1] as number) + z));
  return median(bends) / (0.6745 * Math.sqrt(6));
}

/** Share of the first loss by which a curve falls to its last quarter; the first losses are counted short, for a fall that is soon over,
 *  and long, for a slow one in much noise. 0 where it is no more than noise. */
function fallOf(curve: readonly number[]): number {
  const end = median(lastPart(curve, 0.25));
  const noise = noiseOf(curve);
  const falls = [Math.min(5, Math.ceil(curve.length / 8)), Math.ceil(curve.length / 8)].map((count) => {
    const start = median(curve.slice(0, count));
    // a median's standard error
    const error = (1.25 * noise) / Math.sqrt(count);
    return start - end > THRESHOLDS.errors * error ? (start - end) / Math.abs(start) : 0;
  });
  return largest(falls);
}

/** A log whose loss never falls, while no accuracy shows that there is nothing left to learn. */
function standsStill(run: RunRecord): Symptom | undefined {
  const { score, failure, epochs } = run;
  const curve = curveOf(run);
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

/** The network does not learn what simple learners learn from the same samples, not even on its own training part; or, where a log is all
 *  that is known, its loss never falls. */
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
