import type { Problem, RemedyName } from "../../../doctor/words.ts";
import type { LayerConfig } from "../../../nn/layers.ts";
import type { Settings } from "../../../train/training.ts";

/** The six remedies, in the order in which they are shown. */
export const CURES = ["initialisation", "activation", "batch-normalisation", "clipping", "adam", "dropout"] as const;

export type CureName = (typeof CURES)[number];

/** A network that fails for want of one remedy, and the same network with it. */
export interface Patient {
  readonly cure: CureName;
  /** What it suffers from and what is done, as the doctor calls them. */
  readonly problem: Problem;
  readonly remedy: RemedyName;
  /** The first so many training images of MNIST. */
  readonly samples: number;
  readonly sick: Settings;
  readonly cured: Settings;
  /** Other optimisers that the cured one must beat, each at the best of these rates; the best of them stands for "without". */
  readonly rivals?: readonly Rival[];
}

/** An optimiser, and rates of which it may take the best. The sick and the cured settings take theirs in the same way. */
export interface Rival {
  readonly name: RivalName;
  readonly optimizer: Settings["optimizer"];
  readonly rates: readonly number[];
}

export type RivalName = "sgd" | "momentum" | "rmsprop" | "adam";

export const CLASSES = 10;

/** What all patients share: classes are told apart, weights and order are drawn from seeds that count up from 1. */
export const COMMON = {
  loss: { type: "softmaxCrossEntropy" },
  batchSize: 100,
  seed: 1,
} as const satisfies Partial<Settings>;

export const FLAT = [784] as const;

/** `depth` times the same layers. */
export function repeat(depth: number, layers: readonly LayerConfig[]): readonly LayerConfig[] {
  return Array.from({ length: depth }, () => layers).flat();
}
