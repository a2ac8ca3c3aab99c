import type { HostArray } from "../core/dtype.ts";
import type { Tree } from "../core/tree.ts";
import type { Json } from "../io/checkpoint.ts";
import type { ModelState } from "../nn/state.ts";
import type { EpochEnded } from "./events.ts";
import type { StateValues } from "./feed.ts";

/** All that a run is between two steps. Who can write it can resume: the resumed run ends with the same bits as the run that was never
 *  stopped, on the same backend with the same number of threads. */
export interface RunState {
  /** Parameters, buffers, moments, random key, averaged weights. */
  readonly values: StateValues;
  /** Completed steps. */
  readonly step: number;
  /** The epoch under way, from 1, and its completed steps. At the end of an epoch: the next epoch and 0. */
  readonly epoch: number;
  readonly stepInEpoch: number;
  /** Sums over the steps of the epoch under way, from which its metrics come, and how long they took. */
  readonly sums: EpochSums;
  /** The learning rate as listeners have changed it. */
  readonly rate: { readonly base: number | undefined; readonly factor: number };
  /** What the schedule and early stopping have learned. */
  readonly schedule: Readonly<Record<string, number>>;
  readonly earlyStopping: Readonly<Record<string, number>> | undefined;
  /** The best epoch so far, if early stopping restores it. */
  readonly best: { readonly epoch: number; readonly step: number; readonly state: StateValues } | undefined;
  readonly history: readonly EpochEnded[];
  /** What a run must have in common with the one that it continues. */
  readonly identity: RunIdentity;
}

export interface EpochSums {
  readonly samples: number;
  readonly counted: number;
  readonly loss: number;
  readonly weight: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

/** What was trained, on what, with what. */
export interface RunIdentity {
  /** Model, loss, optimiser and all other settings, as plain data; functions and transforms made by hand are named, not compared. */
  readonly settings: Json;
  /** Digests of the samples, as lower-case hexadecimal. */
  readonly data: { readonly train: string; readonly validation: string | undefined };
  readonly backend: string;
  readonly threads: number;
  readonly version: string;
}

/** Where checkpoints are kept: a folder, or anything else that keeps bytes by name. */
export interface CheckpointStore {
  /** For messages. */
  readonly place: string;
  /** Writes whole or not at all. `best`: the best weights so far, kept apart from the others. */
  save(checkpoint: SavedRun): Promise<void>;
  saveBest(best: BestWeights): Promise<void>;
  /** The newest checkpoint that is whole. Damaged ones are named through `warn` and passed over.
   *  @throws GradusError `checksum-mismatch` if there are some, all of them damaged. */
  latest(warn: (text: string) => void): Promise<SavedRun | undefined>;
}

/** A run's state with what it takes to use its weights without the run. */
export interface SavedRun {
  readonly state: RunState;
  readonly model: Json;
  readonly featureNames: readonly string[] | undefined;
  /** Experiment, scaling, class names: as `saveModel` has it. */
  readonly about: Json;
}

export interface BestWeights {
  readonly epoch: number;
  readonly step: number;
  readonly state: ModelState;
}

export type Averages = { readonly ema?: Tree<HostArray>; readonly swa?: Tree<HostArray> };
