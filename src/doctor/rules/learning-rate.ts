import { largest } from "../../core/extremes.ts";
import type { LayerReading, Reading, RunRecord } from "../../watch/record.ts";
import type { Evidence } from "../finding.ts";
import type { Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { firstReading } from "./layers.ts";
import { finite, lastPart, median } from "./learning.ts";
import { vanishes } from "./vanishing-gradient.ts";

const SOURCE =
  "Bengio, Practical recommendations for gradient-based training of deep architectures, 2012; Braiek & Khomh, Testing Feedforward Neural Networks Training Programs (TheDeepChecker), 2022";

export const THRESHOLDS = {
  /** Size of a step's update over that of the weights. Usual is a thousandth; a tenth and more destroys within ten steps what was
   *  learned. */
  tooLarge: 0.1,
  /** The loss over that of the first step: it should fall. */
  growth: 2,
  /** Steps times the median update over weight: the relative change of the weights in the whole run, if all steps had the same
   *  direction. */
  reach: 0.3,
  /** Usual update over weight: above it, the rate is not the reason that a short run gets nowhere. */
  usual: 1e-3,
  /** Readings that count as the start. */
  first: 5,
};

/** |update| / |weight| of a layer; NaN if its weights are all zero. */
function updateRatio({ updateNorm, weightNorm }: LayerReading): number {
  return updateNorm === undefined || !weightNorm ? Number.NaN : updateNorm / weightNorm;
}

/** Median over the layers of update over weight. */
function usualUpdate({ layers }: Reading): number {
  return median(finite(Object.values(layers).map(updateRatio)));
}

/** The largest update over weight of any layer. */
export function largestUpdate({ layers }: Reading): number {
  const ratios = finite(Object.values(layers).map(updateRatio));
  // a log without updates does not mean that there are none
  return ratios.length === 0 ? Number.NaN : largest(ratios);
}

function looksTooHigh(run: RunRecord): Symptom | undefined {
  const { readings, failure } = run;
  const early = readings.slice(0, THRESHOLDS.first);
  const ratio = median(finite(early.map(usualUpdate)));
  const losses = finite(readings.map(({ loss }) => loss));
  const [initial = Number.NaN] = losses;
  const worst = largest(losses);
  const settled = median(lastPart(losses, 0.5));
  const isTooLarge = ratio > THRESHOLDS.tooLarge;
  const hasGrown = worst > THRESHOLDS.growth * initial && (failure !== undefined || settled > initial);
  if (!isTooLarge && !hasGrown) return undefined;
  const first = firstReading(
    run,
    (reading) => usualUpdate(reading) > THRESHOLDS.tooLarge || reading.loss > THRESHOLDS.growth * initial,
  );
  const evidence: Evidence[] = [];
  if (isTooLarge) evidence.push({ measure: "update-ratio", value: ratio, threshold: THRESHOLDS.tooLarge });
  if (hasGrown) evidence.push({ measure: "loss-growth", value: worst / initial, threshold: THRESHOLDS.growth });
  return { since: first?.reading.step ?? 1, weight: isTooLarge && hasGrown ? 0.85 : 0.6, evidence };
}

function looksTooLow(patient: Patient, run: RunRecord): Symptom | undefined {
  const { readings, failure, steps, plannedSteps = steps } = run;
  // a vanished gradient moves no weight at any rate
  if (failure !== undefined || vanishes(patient, run) !== undefined || looksTooHigh(run) !== undefined)
    return undefined;
  const ratio = median(finite(readings.map(largestUpdate)));
  const reach = ratio * plannedSteps;
  if (!(reach < THRESHOLDS.reach && ratio < THRESHOLDS.usual)) return undefined;
  return {
    since: 1,
    weight: 0.85,
    evidence: [
      {
        measure: "update-ratio",
        value: ratio,
        threshold: THRESHOLDS.reach / plannedSteps,
        values: { steps: plannedSteps, reach },
      },
    ],
  };
}

/** Steps so large that they destroy what was learned. */
export const learningRateTooHigh: Rule = {
  name: "learning-rate-too-high",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) => foundIn(patient, "learning-rate-too-high", SOURCE, sickRuns(patient), looksTooHigh),
};

/** Steps so small that the weights stay near their initial values. */
export const learningRateTooLow: Rule = {
  name: "learning-rate-too-low",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) =>
    foundIn(patient, "learning-rate-too-low", SOURCE, sickRuns(patient), (run) => looksTooLow(patient, run)),
};
