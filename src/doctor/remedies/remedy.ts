import type { Settings } from "../../train/training.ts";
import type { Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import type { RangeTest } from "../range-test.ts";
import type { Problem } from "../words.ts";

/** What a remedy may know besides the settings that it rewrites. */
export interface RemedyContext {
  readonly patient: Patient;
  /** What it is for, the heaviest first. */
  readonly findings: readonly Finding[];
  /** Where it is asked for; a remedy that treats single layers may look there first. */
  readonly layer?: string | undefined;
  /** A range test of the settings that are rewritten, where one was made. */
  readonly rangeTest?: RangeTest | undefined;
}

/** New settings, and the numbers that were chosen for them. */
export interface Treatment {
  readonly settings: Settings;
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

/** One remedy, one file. */
export interface RemedyRule {
  /** Author, title, year. */
  readonly source: string;
  /** A pure rewrite. Undefined: it does not apply here, or would change nothing; and always so for advice, which no settings hold. */
  readonly rewrite: (settings: Settings, context: RemedyContext) => Treatment | undefined;
  /** Nothing in the settings can do it: it is told, not tried. */
  readonly isAdvice?: true;
}

/** Is it asked for against one of these? */
export function isAgainst({ findings }: RemedyContext, problems: readonly Problem[]): boolean {
  return findings.some(({ problem }) => problems.includes(problem));
}

/** Problems of a network that has not learned its own training samples. */
export const TOO_LITTLE: readonly Problem[] = [
  "underfitting",
  "slow-convergence",
  "learning-rate-too-low",
  "vanishing-gradient",
];

/** To so many significant digits: what a person would have typed. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toPrecision(digits));
}
