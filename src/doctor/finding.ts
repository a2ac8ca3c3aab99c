import type { Settings } from "../train/training.ts";
import type { EvidenceName } from "./evidence.ts";
import type { Problem, RemedyName } from "./words.ts";

/** A measurement and its threshold. The text is made from it in the reader's language. */
export interface Evidence {
  readonly measure: EvidenceName;
  readonly value: number;
  /** The value at which it becomes a symptom; undefined for a yes-or-no fact. */
  readonly threshold?: number | undefined;
  /** Further parts of the sentence: names, counts, other layers. */
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

export interface Finding {
  readonly problem: Problem;
  /** Path of the layer; undefined if it is not in a layer. */
  readonly layer?: string | undefined;
  /** The first step that shows it; 0: before the first step. */
  readonly since: number;
  /** The strongest first. Never empty. */
  readonly evidence: readonly Evidence[];
  /** How certain and how central: 0 to 1. Findings are reported and treated in this order. */
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

/** A treatment, as new settings. */
export interface Prescription {
  /** One remedy, or several that work together. */
  readonly remedies: readonly RemedyName[];
  /** The problems that it treats. */
  readonly against: readonly Problem[];
  /** Undefined for advice that settings cannot express: more data, other labels. */
  readonly settings?: Settings | undefined;
  readonly changes: readonly Change[];
  /** Numbers behind the choice: a measured norm, the result of a range test. */
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}
