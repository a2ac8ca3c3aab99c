import type { Problem, RemedyName } from "../../../doctor/words.ts";
import type { LayerConfig } from "../../../nn/layers.ts";
import type { Settings } from "../../../train/training.ts";

/** The six remedies in the order of the report. */
export const CURES = ["initialisation", "activation", "batch-normalisation", "clipping", "adam", "dropout"] as const;

export type CureName = (typeof CURES)[number];

/** A network that fails for lack of one remedy, and the same network with it. */
export interface Patient {
  readonly cure: CureName;
  /** The problem and the remedy, by the doctor's names. */
  readonly problem: Problem;
  readonly remedy: RemedyName;
  /** The number of training images, taken from the start of MNIST. */
  readonly samples: number;
  readonly sick: Settings;
  readonly cured: Settings;
  /** Optimisers that the cured one must beat, each at the best of these rates; the best of them is the control. The cured one is last. */
  readonly rivals?: readonly Rival[];
}

/** An optimiser and its candidate rates, of which the best is used. The sick and the cured settings choose theirs in the same way. */
export interface Rival {
  readonly name: RivalName;
  readonly optimizer: Settings["optimizer"];
  readonly rates: readonly number[];
}

export type RivalName = "sgd" | "momentum" | "rmsprop" | "adam";

export const CLASSES = 10;

/** Settings that all patients share: a classification loss, and seeds that count up from 1. */
export const COMMON = {
  loss: { type: "softmaxCrossEntropy" },
  batchSize: 100,
  seed: 1,
} as const satisfies Partial<Settings>;

export const FLAT = [784] as const;

/** Repeats the same layers `depth` times. */
export function repeat(depth: number, layers: readonly LayerConfig[]): readonly LayerConfig[] {
  return Array.from({ length: depth }, () => layers).flat();
}
