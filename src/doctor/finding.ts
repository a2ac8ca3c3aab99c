import type { Settings } from "../train/training.ts";
import type { EvidenceName } from "./evidence.ts";
import type { Problem, RemedyName } from "./words.ts";

/** What was measured, and what it was held against. The words are made from it in the reader's language. */
export interface Evidence {
  readonly measure: EvidenceName;
  readonly value: number;
  /** Where it begins to be a symptom; undefined for a yes-or-no fact. */
  readonly threshold?: number | undefined;
  /** What else the sentence tells: names, counts, other layers. */
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

export interface Finding {
  readonly problem: Problem;
  /** Path of the layer where it is; undefined where it is in no layer. */
  readonly layer?: string | undefined;
  /** The first step that shows it; 0: before the first step. */
  readonly since: number;
  /** The strongest first. Never empty. */
  readonly evidence: readonly Evidence[];
  /** How sure and how central: 0 to 1; findings are told, and treated, in this order. */
  readonly weight: number;
  /** Author, title, year of the rule. */
  readonly source: string;
}

/** One line of the difference between two settings. Paths as in the experiment: `model.layers.3.type`. */
export interface Change {
  readonly path: string;
  readonly kind: "set" | "add" | "remove";
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What to do, as new settings. */
export interface Prescription {
  /** One, or several that work together. */
  readonly remedies: readonly RemedyName[];
  /** The problems that it is for. */
  readonly against: readonly Problem[];
  /** Undefined for advice that the settings cannot hold: more data, other labels. */
  readonly settings?: Settings | undefined;
  readonly changes: readonly Change[];
  /** Numbers that the choice rests on: a measured norm, a range test's result. */
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}
