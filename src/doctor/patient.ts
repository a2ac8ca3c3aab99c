import type { Model } from "../nn/model.ts";
import type { Training } from "../train/training.ts";
import type { Census, RunRecord, Score } from "../watch/record.ts";
import type { Finding } from "./finding.ts";

/** What simple learners reach on the same samples: a bar that a network that learns should take. */
export interface Attainable {
  readonly score: Score;
  readonly learner: "nearest-neighbours" | "linear";
}

/** All that the doctor knows when rules are asked. Whatever is absent was not measured; a rule that needs it answers nothing. */
export interface Patient {
  readonly training?: Training | undefined;
  readonly model?: Model | undefined;
  /** Weights of the first seed before the first step. */
  readonly start?: Census | undefined;
  readonly attainable?: Attainable | undefined;
  /** Runs that are alike but for the seed. */
  readonly runs: readonly RunRecord[];
}

/** One rule, one file: a symptom, its threshold and its source. */
export interface Rule {
  readonly name: string;
  /** Each with where it comes from, in the file's comments. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Author, title, year. */
  readonly source: string;
  readonly examine: (patient: Patient) => readonly Finding[];
}
