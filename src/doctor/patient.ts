import type { Model } from "../nn/model.ts";
import type { Training } from "../train/training.ts";
import type { Census, RunRecord, Score } from "../watch/record.ts";
import type { Finding } from "./finding.ts";

/** The score of simple learners on the same samples: a bar for a network that learns. */
export interface Attainable {
  readonly score: Score;
  readonly learner: "nearest-neighbours" | "linear";
}

/** All that the doctor knows when the rules apply. What is absent was not measured; a rule that needs it returns nothing. */
export interface Patient {
  readonly training?: Training | undefined;
  readonly model?: Model | undefined;
  /** Weights of the first seed before the first step. */
  readonly start?: Census | undefined;
  readonly attainable?: Attainable | undefined;
  /** Runs that differ only in the seed. */
  readonly runs: readonly RunRecord[];
}

/** One rule, one file: a symptom, its threshold and its source. */
export interface Rule {
  readonly name: string;
  /** The file's comments give the origin of each. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Author, title, year. */
  readonly source: string;
  readonly examine: (patient: Patient) => readonly Finding[];
}
