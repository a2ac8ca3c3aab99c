import type { Batches } from "../data/batches.ts";
import type { Breather } from "./breathe.ts";
import type { CheckpointKeeper } from "./checkpoints/keeper.ts";
import type { RunIdentity } from "./checkpoints/run-state.ts";
import type { MetricAverage } from "./evaluation-step.ts";
import type { EpochEnded, Resumed, StopReason } from "./events.ts";
import type { StateValues } from "./feed.ts";
import type { LiveRate } from "./live-rate.ts";
import type { Plan } from "./prepare.ts";
import type { ReplayLog } from "./replay.ts";
import type { TrainingSession } from "./session.ts";

/** The parts of a run, and its state across steps and epochs. */
export interface Run {
  readonly session: TrainingSession;
  readonly plan: Plan;
  readonly signal: AbortSignal | undefined;
  readonly epochs: Batches;
  readonly log: ReplayLog;
  readonly breather: Breather;
  readonly history: EpochEnded[];
  readonly rate: LiveRate;
  /** If the run is written down. */
  readonly keeper: CheckpointKeeper | undefined;
  readonly identity: RunIdentity | undefined;
  /** If the run continues an earlier one. */
  readonly resumed: Resumed | undefined;
  /** The current step, or the last one. */
  step: number;
  /** Completed steps. */
  done: number;
  /** The epoch under way, from 1; between two epochs the next one. */
  epoch: number;
  underWay: UnderWay;
  /** Set when the run is to end. */
  reason: StopReason | undefined;
  best: { readonly epoch: number; readonly step: number; readonly state: BestValues } | undefined;
}

/** What early stopping puts back: weights, running statistics and averages, without moments and random key. */
export type BestValues = Pick<StateValues, "parameters" | "buffers" | "averages">;

/** An epoch before its end. */
export interface UnderWay {
  readonly average: MetricAverage;
  /** Completed steps of the epoch. */
  steps: number;
  durationMs: number;
  learningRate: number | undefined;
}
