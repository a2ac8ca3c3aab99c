import type { Settings } from "../../train/training.ts";
import type { Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import type { RangeTest } from "../range-test.ts";
import type { Problem } from "../words.ts";

/** What a remedy knows besides the settings that it rewrites. */
export interface RemedyContext {
  readonly patient: Patient;
  /** The findings that it treats, the heaviest first. */
  readonly findings: readonly Finding[];
  /** The layer of the heaviest finding. */
  readonly layer?: string | undefined;
  /** A range test of the settings to rewrite, if one was made. */
  readonly rangeTest?: RangeTest | undefined;
}

/** New settings, and the numbers chosen for them. */
export interface Treatment {
  readonly settings: Settings;
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

/** One remedy, one file. */
export interface RemedyRule {
  /** Author, title, year. */
  readonly source: string;
  /** A pure rewrite. Undefined if it does not apply or would change nothing, and always for advice, which settings cannot express. */
  readonly rewrite: (settings: Settings, context: RemedyContext) => Treatment | undefined;
  /** No settings can express it: it is reported, not tried. */
  readonly isAdvice?: true;
}

/** Whether it treats one of these problems. */
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

/** Rounded to the given number of significant digits, as a person would type it. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toPrecision(digits));
}
