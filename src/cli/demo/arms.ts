import type { Arm, Trial, TrialMeasure } from "../../doctor/diagnosis.ts";
import { deviationOf, meanOf } from "../../doctor/trial/statistics.ts";
import type { RunRecord } from "../../watch/record.ts";

/** The measure of a trial, one number per run; null for a run without a finite value, such as one that stopped early. */
export function valuesOf(runs: readonly RunRecord[], measure: TrialMeasure): readonly (number | null)[] {
  return runs.map(({ score, validationLoss }) => {
    const value = measure === "validation-loss" ? validationLoss : score?.value;
    return value !== undefined && Number.isFinite(value) ? value : null;
  });
}

/** Mean and standard deviation of the measure, over the runs that have a value. */
export function armOfRuns(runs: readonly RunRecord[], measure: TrialMeasure): Arm {
  const values = valuesOf(runs, measure).filter((value) => value !== null);
  return { runs, mean: values.length === 0 ? 0 : meanOf(values), deviation: deviationOf(values) };
}

/** How much better each run with the remedy is than its pair without; null if one of them has no value. */
export function gainsOf({ measure, control, treated }: Trial): readonly (number | null)[] {
  const sign = measure === "validation-loss" ? -1 : 1;
  const [before, after] = [valuesOf(control.runs, measure), valuesOf(treated.runs, measure)];
  return before.map((value, index) => {
    const other = after[index];
    return value === null || other == null ? null : sign * (other - value);
  });
}

/** Seeds whose run with the remedy is no better than the one without. */
export function seedsAgainst(trial: Trial): readonly number[] {
  const { measure, control, treated } = trial;
  const after = valuesOf(treated.runs, measure);
  return gainsOf(trial).flatMap((gain, index) => {
    const isWorse = gain === null ? after[index] === null : gain <= 0;
    return isWorse ? [control.runs[index]?.seed ?? 0] : [];
  });
}
