import { smallest } from "../../core/extremes.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Evidence, Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import type { Problem } from "../words.ts";
import { isAtChance, learnsWell } from "./learning.ts";

/** The evidence of a rule in one run. */
export interface Symptom {
  readonly layer?: string | undefined;
  readonly since: number;
  readonly evidence: readonly Evidence[];
  readonly weight: number;
}

/** Runs that end below the bar for a network that learns. A run without a score, such as a log, is included. A run that was cut short may
 *  not have reached the bar yet: it is included only if it learned nothing at all. */
export function sickRuns({ runs, attainable }: Patient): readonly RunRecord[] {
  return runs.filter((run) => {
    if (run.cut === undefined || run.failure !== undefined || run.score === undefined)
      return !learnsWell(run, attainable);
    return isAtChance(run.score);
  });
}

/** The finding of the runs that show a symptom: from the run that shows it most, with the share of runs that do as evidence. */
export function foundIn(
  patient: Patient,
  problem: Problem,
  source: string,
  runs: readonly RunRecord[],
  look: (run: RunRecord) => Symptom | undefined,
): readonly Finding[] {
  const seen = runs.map(look).filter((symptom) => symptom !== undefined);
  if (seen.length === 0) return [];
  const strongest = seen.reduce((a, b) => (b.weight > a.weight ? b : a));
  const total = patient.runs.length;
  const others: readonly Evidence[] =
    total > 1
      ? [{ measure: "other-seeds", value: seen.length / total, values: { runs: total, count: seen.length } }]
      : [];
  return [
    {
      problem,
      layer: strongest.layer,
      since: smallest(seen.filter(({ layer }) => layer === strongest.layer).map(({ since }) => since)),
      evidence: [...strongest.evidence, ...others],
      weight: strongest.weight,
      source,
    },
  ];
}
