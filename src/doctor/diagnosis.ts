import type { Training } from "../train/training.ts";
import type { RunRecord } from "../watch/record.ts";
import type { Finding, Prescription } from "./finding.ts";
import type { Attainable } from "./patient.ts";
import type { Problem } from "./words.ts";

/** Of nothing found: `undecided`: the runs were too short to call the network healthy; `too-little-told`: so is what a log tells.
 *  Of something found: `not-tried`: no remedy was tried; `not-proven`: none that was tried was shown to help; `not-curable`: what is wrong is
 *  in the data, where no remedy reaches. */
export type Verdict =
  | "healthy"
  | "undecided"
  | "too-little-told"
  | "cured"
  | "not-tried"
  | "not-proven"
  | "not-curable";

/** Runs that are alike but for the seed. */
export interface Arm {
  readonly runs: readonly RunRecord[];
  /** Of the measure below: over the runs. The deviation is that of a sample (n - 1); 0 for one run. */
  readonly mean: number;
  readonly deviation: number;
}

/** What a trial compares: the score, or the loss on the validation part where both arms minimise the same one. */
export type TrialMeasure = "accuracy" | "r2" | "validation-loss";

/** One prescription, tried: the same seeds, budget and order of data with and without it. */
export interface Trial {
  readonly prescription: Prescription;
  readonly measure: TrialMeasure;
  readonly control: Arm;
  readonly treated: Arm;
  /** Mean of the paired differences, positive where the remedy helps; its standard deviation over the pairs. */
  readonly gain: number;
  readonly spread: number;
  /** What the gain had to exceed. */
  readonly needed: number;
  /** Of the problems that it is for: those that the treated runs still show. */
  readonly remaining: readonly Problem[];
  readonly verdict: "cured" | "not-proven";
  /** Share of the user's own steps that each run was given, where the budget did not allow all; else 1. */
  readonly share: number;
  /** Why it ended before all seeds had run. */
  readonly cut?: "hopeless" | "budget" | undefined;
  readonly seconds: number;
}

/** All that an examination found, ready to be told. */
export interface Diagnosis {
  readonly name?: string | undefined;
  readonly training?: Training | undefined;
  readonly findings: readonly Finding[];
  /** What would be findings if the runs did not learn well all the same. */
  readonly remarks: readonly Finding[];
  readonly prescriptions: readonly Prescription[];
  /** Those that were made; last the one that the verdict rests on, or that came nearest to a proof. Empty without a trial. */
  readonly trials: readonly Trial[];
  readonly verdict: Verdict;
  readonly attainable?: Attainable | undefined;
  /** The runs that were observed, untouched. */
  readonly runs: readonly RunRecord[];
  /** Share of their own steps that the shortest of them was given, where the budget did not allow all; else 1. */
  readonly share: number;
  readonly seconds: number;
}
