import type { Training } from "../train/training.ts";
import type { RunRecord } from "../watch/record.ts";
import type { Finding, Prescription } from "./finding.ts";
import type { Attainable } from "./patient.ts";
import type { Problem } from "./words.ts";

/** Without findings: `healthy`; `undecided`: the runs were too short to call the network healthy; `too-little-logged`: the log contains too
 *  little. With findings: `not-tried`: no remedy was tried; `not-proven`: no trial proved that a remedy helps; `not-curable`: the fault is in
 *  the data, which no remedy changes. */
export type Verdict =
  | "healthy"
  | "undecided"
  | "too-little-logged"
  | "cured"
  | "not-tried"
  | "not-proven"
  | "not-curable";

/** Runs that differ only in the seed. */
export interface Arm {
  readonly runs: readonly RunRecord[];
  /** Of the trial's measure over the runs. The deviation is that of a sample (n - 1); 0 for one run. */
  readonly mean: number;
  readonly deviation: number;
}

/** What a trial compares: the score, or the validation loss if both arms minimise the same loss. */
export type TrialMeasure = "accuracy" | "r2" | "validation-loss";

/** The trial of one prescription: the same seeds, budget and order of data with and without it. */
export interface Trial {
  readonly prescription: Prescription;
  readonly measure: TrialMeasure;
  readonly control: Arm;
  readonly treated: Arm;
  /** Mean of the paired differences, positive if the remedy helps; their standard deviation over the pairs. */
  readonly gain: number;
  readonly spread: number;
  /** The bound that the gain had to exceed. */
  readonly needed: number;
  /** Of the problems that it treats, those that the treated runs still show. */
  readonly remaining: readonly Problem[];
  readonly verdict: "cured" | "not-proven";
  /** Share of the user's own steps in each run, if the budget did not allow all; else 1. */
  readonly share: number;
  /** Why it ended before all seeds had run. */
  readonly cut?: "hopeless" | "budget" | undefined;
  readonly seconds: number;
}

/** All results of an examination. */
export interface Diagnosis {
  readonly name?: string | undefined;
  readonly training?: Training | undefined;
  readonly findings: readonly Finding[];
  /** Would be findings if the runs did not learn well anyway. */
  readonly remarks: readonly Finding[];
  readonly prescriptions: readonly Prescription[];
  /** The trials made; last the one that the verdict rests on, or that came closest to a proof. Empty without a trial. */
  readonly trials: readonly Trial[];
  readonly verdict: Verdict;
  readonly attainable?: Attainable | undefined;
  /** The observed runs of the unchanged training. */
  readonly runs: readonly RunRecord[];
  /** Share of its own steps in the shortest of these runs, if the budget did not allow all; else 1. */
  readonly share: number;
  readonly seconds: number;
}
