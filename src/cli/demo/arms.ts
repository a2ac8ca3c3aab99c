import type { Arm, TrialMeasure } from "../../doctor/diagnosis.ts";
import type { RunRecord } from "../../doctor/record.ts";
import { armOf } from "../../doctor/trial/compare-runs.ts";

/** What a trial compares, one number a run. A run that broke off has no loss that counts: null. */
export function valuesOf(runs: readonly RunRecord[], measure: TrialMeasure): readonly (number | null)[] {
  return runs.map(({ score, validationLoss }) => {
    const value = measure === "validation-loss" ? validationLoss : score?.value;
    return value !== undefined && Number.isFinite(value) ? value : null;
  });
}

/** Mean and spread of what a trial compares. Runs without such a number are not in it. */
export function armOfRuns(runs: readonly RunRecord[], measure: TrialMeasure): Arm {
  const sign = measure === "validation-loss" ? -1 : 1;
  const values = valuesOf(runs, measure).flatMap((value) => (value === null ? [] : [sign * value]));
  return armOf(runs, values, measure);
}

/** Seeds whose run with the remedy is not better than the one without. */
export function seedsAgainst(
  control: readonly RunRecord[],
  treated: readonly RunRecord[],
  measure: TrialMeasure,
): readonly number[] {
  const sign = measure === "validation-loss" ? -1 : 1;
  const [before, after] = [valuesOf(control, measure), valuesOf(treated, measure)];
  return control.flatMap(({ seed = 0 }, index) => {
    const [a, b] = [before[index], after[index]];
    const isWorse = b == null || (a != null && sign * (b - a) <= 0);
    return isWorse ? [seed] : [];
  });
}
