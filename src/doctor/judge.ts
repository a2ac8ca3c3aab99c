import { smallest } from "../core/extremes.ts";
import { createModel } from "../nn/model.ts";
import type { Training } from "../train/training.ts";
import type { RunRecord } from "../watch/record.ts";
import { attainable } from "./attainable.ts";
import type { Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";
import { preflight } from "./preflight/preflight.ts";
import { learnsWell } from "./rules/learning.ts";
import { applyRules } from "./rules/rules.ts";

/** From this weight on, a finding before the first step holds regardless of the runs: the formulas contradict each other. */
export const CERTAIN = 0.9;

/** Findings, and what might have harmed a run that learns well. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly remarks: readonly Finding[];
}

/** Judges runs as they are, also while they go on, by the rules alone: no run is made, nothing is tried. `diagnose` does this first. What
 *  simple learners reach is found out once for each set of samples, in some tenths of a second; after that a judgement takes
 *  milliseconds.
 *  @param runs a run that goes on has `cut: "budget"`: it is not accused of having learned too little yet. None: what the settings, the
 *    samples and no weights show.
 *  @throws GradusError as `createModel`, for settings that cannot be built. */
export function judge(training: Training, runs: readonly RunRecord[]): Judgement {
  const model = createModel(training.settings.model);
  const patient: Patient = { training, model, start: runs[0]?.start, attainable: attainable(training), runs };
  const { findings, remarks } = weighed(training, patient);
  return { findings: joined(findings), remarks };
}

/** The findings before the first step and in the runs, weighed, with several findings for one problem. */
export function weighed(
  training: Training,
  patient: Patient,
): { readonly findings: Finding[]; readonly remarks: Finding[] } {
  return weigh(patient, preflight(training, patient.start), applyRules(patient));
}

/** Separates findings from remarks: a run that learns well is not accused of what might have harmed it. */
function weigh(
  { runs, attainable: reach }: Patient,
  before: readonly Finding[],
  inRuns: readonly Finding[],
): { readonly findings: Finding[]; readonly remarks: Finding[] } {
  const isWell = runs.length > 0 && runs.every((run) => learnsWell(run, reach)) && inRuns.length === 0;
  const stands = (finding: Finding) => !isWell || finding.weight >= CERTAIN;
  // data with nothing to learn explain everything that runs may show
  const isEmpty = before.some(({ evidence }) => evidence.some(({ measure }) => measure === "one-class"));
  const all = [...before, ...(isEmpty ? inRuns.filter(({ problem }) => problem === "numerical-error") : inRuns)];
  return { findings: all.filter(stands), remarks: all.filter((finding) => !stands(finding)) };
}

/** One finding per problem: the heaviest, since the earliest step, with the evidence of all. */
export function joined(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => b.weight - a.weight);
  const problems = [...new Set(sorted.map(({ problem }) => problem))];
  return problems.map((problem) => {
    const same = sorted.filter((each) => each.problem === problem);
    const first = same[0] as Finding;
    const known = new Set<string>();
    const evidence = same
      .flatMap((each) => each.evidence)
      .filter(({ measure, value }) => {
        const key = `${measure} ${value}`;
        return !known.has(key) && known.add(key);
      });
    return { ...first, since: smallest(same.map(({ since }) => since)), evidence };
  });
}
