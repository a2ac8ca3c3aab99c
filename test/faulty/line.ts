import type { Diagnosis, TrialMeasure, Verdict } from "../../src/doctor/diagnosis.ts";
import type { Problem, RemedyName } from "../../src/doctor/words.ts";
import { diagnosisJson } from "../../src/telling/report/json.ts";
import type { RunRecord } from "../../src/watch/record.ts";

/** What was measured; numbers that JSON cannot represent are text. */
export interface ToldEvidence {
  readonly measure: string;
  readonly value: number | string;
  readonly threshold?: number | string;
  readonly values?: Readonly<Record<string, number | string>>;
  /** The same as a sentence. */
  readonly text: string;
}

export interface ToldFinding {
  readonly problem: Problem;
  /** null: not in a layer. */
  readonly layer: string | null;
  readonly since: number;
  readonly evidence: readonly ToldEvidence[];
}

/** One line of output: the diagnosis of one case. */
export interface CaseLine {
  readonly name: string;
  readonly findings: readonly ToldFinding[];
  /** In order, each remedy once. */
  readonly prescriptions: readonly RemedyName[];
  readonly verdict: Exclude<Verdict, "undecided" | "too-little-logged" | "not-tried">;
  /** The measure of `before` and `after`, which the deciding trial compares. A loss is better when smaller, a score when larger. */
  readonly measure: TrialMeasure;
  /** Means on the validation part without and with the remedy in the deciding trial; null: not measured. */
  readonly before: number | null;
  readonly after: number | null;
  readonly seconds: number;
}

/** The line of a case that could not be examined. */
export interface FailedLine {
  readonly name: string;
  readonly error: string;
}

export function lineOf(name: string, diagnosis: Diagnosis, seconds: number): CaseLine {
  const { prescriptions, trials, verdict, runs } = diagnosis;
  const deciding = trials.at(-1);
  const told = diagnosisJson(diagnosis) as unknown as { readonly findings: readonly ToldFinding[] };
  return {
    name,
    findings: told.findings.map(({ problem, layer, since, evidence }) => ({ problem, layer, since, evidence })),
    prescriptions: [...new Set(prescriptions.flatMap(({ remedies }) => remedies))],
    verdict: wordOf(verdict),
    measure: deciding?.measure ?? runs.find(({ score }) => score !== undefined)?.score?.metric ?? "accuracy",
    before: deciding === undefined ? meanScore(runs) : rounded(deciding.control.mean),
    after: deciding === undefined ? null : rounded(deciding.treated.mean),
    seconds: rounded(seconds),
  };
}

/** The format has no words for `undecided`, `too-little-logged` and `not-tried`. */
function wordOf(verdict: Verdict): CaseLine["verdict"] {
  if (verdict === "undecided" || verdict === "too-little-logged") return "healthy";
  return verdict === "not-tried" ? "not-proven" : verdict;
}

function meanScore(runs: readonly RunRecord[]): number | null {
  const scores = runs.flatMap(({ score }) => (score === undefined ? [] : [score.value]));
  return scores.length === 0 ? null : rounded(scores.reduce((sum, value) => sum + value, 0) / scores.length);
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
