import type { RunRecord } from "../../watch/record.ts";
import { valuesOf } from "./arms.ts";
import type { Cure } from "./prove.ts";

/** The figures of a cure for other programs; numbers in the order of the seeds. */
export function cureLine({ patient, trial, rivals }: Cure) {
  const { measure, control, treated, gain, needed, verdict, seconds } = trial;
  return {
    remedy: patient.cure,
    patient: patient.problem,
    measure,
    without: valuesOf(control.runs, measure),
    with: valuesOf(treated.runs, measure),
    gain,
    needed,
    proven: verdict === "cured",
    ...(rivals.length === 0
      ? {}
      : { optimizers: rivals.map(({ name, rate, runs }) => ({ name, rate, losses: valuesOf(runs, measure) })) }),
    seconds,
  };
}

export function togetherLine({ score, seconds }: RunRecord) {
  return { accuracy: score?.value ?? 0, seconds };
}

/** The whole demonstration as one object. */
export function figuresOf(cures: readonly Cure[], together: RunRecord, seconds: number) {
  return { cures: cures.map(cureLine), together: togetherLine(together), seconds };
}
