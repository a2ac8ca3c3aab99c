import type { HostArray } from "../../core/dtype.ts";
import type { Json } from "../../io/checkpoint.ts";
import type { AverageSums } from "../evaluation-step.ts";
import type { EpochEnded } from "../events.ts";

/** Arrays by path: "parameters.0.weight". */
export type NamedArrays = ReadonlyMap<string, HostArray>;

/** All that a run is between two steps. Who can write it can resume: the resumed run ends with the same bits as the run that was never
 *  stopped, on the same backend with the same number of threads. */
export interface RunState {
  /** Parameters, buffers, moments, random key, averaged weights. */
  readonly values: NamedArrays;
  /** Completed steps. */
  readonly step: number;
  /** The epoch under way, from 1, and its completed steps. Between two epochs: the next epoch and 0. */
  readonly epoch: number;
  readonly stepInEpoch: number;
  /** What the metrics of the epoch under way are made of. */
  readonly underWay: EpochUnderWay;
  /** The learning rate as listeners have changed it. */
  readonly rate: RateState;
  /** What the schedule and early stopping have learned. */
  readonly schedule: Readonly<Record<string, number>> | undefined;
  readonly earlyStopping: Readonly<Record<string, number>> | undefined;
  /** The best epoch so far, if early stopping restores it: parameters, buffers, averages. */
  readonly best: { readonly epoch: number; readonly step: number; readonly values: NamedArrays } | undefined;
  readonly history: readonly EpochEnded[];
  /** What a run must have in common with the one that it continues. */
  readonly identity: RunIdentity;
}

/** What a learning rate has become, and what the optimiser had been given. */
export interface RateState {
  readonly given: number | undefined;
  readonly base: number | undefined;
  /** Of the schedule. */
  readonly factor: number;
}

/** An epoch before its end. */
export interface EpochUnderWay {
  readonly sums: AverageSums;
  /** Duration of its steps. */
  readonly durationMs: number;
  /** The rate of its last step. */
  readonly learningRate: number | undefined;
}

/** What is trained, on what, with what. */
export interface RunIdentity {
  /** Model, loss, optimiser and all other settings, as plain data. Functions and transforms made by hand are named, not compared. */
  readonly settings: Json;
  /** Digests of the samples: SHA-256 in hexadecimal. */
  readonly data: { readonly train: string; readonly validation: string | undefined };
  /** The backend's description and threads: with others, the last bits may differ. */
  readonly backend: string;
  readonly threads: number;
}

/** A run's state with what it takes to use its weights without the run. */
export interface SavedRun {
  readonly state: RunState;
  /** The model's configuration. */
  readonly model: Json;
  readonly featureNames: readonly string[] | undefined;
  /** Anything that JSON holds: experiment, scaling, class names. */
  readonly about: Json;
}
