import { smallest } from "../../core/extremes.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Evidence, Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import type { Problem } from "../words.ts";
import { isAtChance, learnsWell } from "./learning.ts";

/** What a rule saw in one run. */
export interface Symptom {
  readonly layer?: string | undefined;
  readonly since: number;
  readonly evidence: readonly Evidence[];
  readonly weight: number;
}

/** Runs that do not end where a network that learns ends. A run of which no score is known is looked at, too: a log, say. One that time
 *  cut short need not be there yet: it counts where it learned nothing at all. */
export function sickRuns({ runs, attainable }: Patient): readonly RunRecord[] {
  return runs.filter((run) => {
    if (run.cut === undefined || run.failure !== undefined || run.score === undefined)
      return !learnsWell(run, attainable);
    return isAtChance(run.score);
  });
}

/** The finding of the runs that show a symptom: told by the one that shows it most, weighted by how many do. */
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
