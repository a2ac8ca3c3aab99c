import type { Json } from "../io/checkpoint.ts";
import type { Histogram, RunRecord } from "../watch/record.ts";

// A run is one folder, append-only, readable while it is written and after a kill at any byte:
//
//   run.json         name, when it began, settings, environment; written once, whole
//   events.jsonl     what happened, one JSON object a line: started, epochs, checkpoints, findings, resumed, stopped
//   measures.bin     measures by step, in checked blocks (io/measures)
//   notes.md         a person's notes; replaced whole
//   checkpoints/     step-00001200.safetensors …, best.safetensors
//   lock             the process that writes it now

/** What run.json holds. */
export interface RunDescription {
  readonly format: "gradus-run";
  readonly version: 1;
  /** As given; any characters. The folder's name is made from it, and is safe on every system. */
  readonly name: string;
  /** Milliseconds since 1970, as the clock said. */
  readonly createdAt: number;
  /** The experiment (or the options of `fit` that are data), as given. */
  readonly settings: Json;
  readonly model: Json;
  readonly environment: RunEnvironment;
  /** The layers in order, for pictures over time. */
  readonly layers: readonly { readonly path: string; readonly type: string }[];
  /** Words that group runs. */
  readonly tags: readonly string[];
  /** How the doctor scores it; undefined if whoever made the run did not say. */
  readonly scoring?: RunScoring | undefined;
}

/** By accuracy, where `chance` is the share of the most frequent class among the validation samples; or by the share of the variance of
 *  their targets that is explained. */
export type RunScoring =
  | { readonly metric: "accuracy"; readonly chance: number }
  | { readonly metric: "r2"; readonly variance: number };

export interface RunEnvironment {
  readonly gradus: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly host: string;
  readonly directory: string;
  readonly command: readonly string[];
  /** Undefined outside a repository. */
  readonly git?: GitState | undefined;
}

export interface GitState {
  readonly commit: string;
  /** Undefined where no branch is checked out. */
  readonly branch: string | undefined;
  /** Whether tracked files were changed; undefined where git is not installed or takes too long. */
  readonly isDirty: boolean | undefined;
}

/** A line of events.jsonl. `at`: milliseconds since 1970; a clock may go back, the order of lines is the order of events. */
export type RunEvent = { readonly at: number } & (
  | {
      readonly type: "started" | "resumed";
      readonly backend: string;
      readonly threads: number;
      readonly epochs: number;
      readonly stepsPerEpoch: number;
      readonly parameters: number;
      readonly samples: number;
      readonly validationSamples: number;
      /** Completed steps: 0, or those of the checkpoint. Measures of later steps are void. */
      readonly step: number;
      /** Resumed only: what was changed, as paths and values. */
      readonly changes?: Readonly<Record<string, Json>> | undefined;
    }
  | {
      readonly type: "epoch";
      readonly epoch: number;
      readonly step: number;
      readonly train: Readonly<Record<string, number>>;
      readonly validation?: Readonly<Record<string, number>> | undefined;
      readonly samplesPerSecond: number;
      readonly learningRate?: number | undefined;
      readonly isBest?: boolean | undefined;
    }
  | {
      readonly type: "checkpoint";
      readonly step: number;
      readonly epoch: number;
      readonly file: string;
      readonly bytes: number;
      readonly ms: number;
    }
  | { readonly type: "finding"; readonly step: number; readonly finding: Json }
  | {
      readonly type: "notFinite";
      readonly step: number;
      readonly epoch: number;
      readonly layer?: string | undefined;
      readonly tensor: string;
    }
  | { readonly type: "stopped"; readonly reason: string; readonly epoch: number; readonly step: number }
  | { readonly type: "test"; readonly metrics: Readonly<Record<string, number>> }
);

/** running: a living process holds the lock. killed: the lock's process has ended without a word. */
export type RunStatus = "running" | "finished" | "stopped" | "failed" | "killed" | "unknown";

/** One measure by step: columns that only grow, but for a resumed run, which takes void steps back. Read the first `length` of each. */
export interface MeasureSeries {
  readonly name: string;
  readonly length: number;
  /** Steps, ascending. */
  readonly steps: Float64Array;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  /** NaN and infinity stay what they are. */
  readonly values: Float64Array;
  /** Grows by one whenever steps were taken back: what was read of the series is void then. */
  readonly generation: number;
}

export interface HistogramPoint extends Histogram {
  readonly step: number;
  readonly time: number;
}

/** Where a run comes from. Only folders of Gradus can be changed. */
export type RunKind = "gradus" | "tensorboard" | "csv" | "json-lines";

/** A run that can be read again and again while it grows. Names of measures:
 *    loss  learningRate  gradientNorm  samplesPerSecond       by step
 *    train/loss  validation/loss  validation/accuracy …       by epoch, at the epoch's last step; ema/loss, swa/loss with averaged weights
 *    layers/<path>/gradientNorm, weightNorm, updateNorm, mean, variance, zeros, saturated, dead, distinct    in sampled steps
 *  and of histograms:
 *    layers/<path>/activations                                in fewer steps
 *  Runs of other tools have the names that those tools wrote. */
export interface RunReader {
  /** Path relative to the folder that was opened, with "/"; unique there. "." for the folder itself. */
  readonly id: string;
  readonly kind: RunKind;
  readonly folder: string;
  readonly name: string;
  readonly createdAt: number | undefined;
  /** Of the last event or measure. */
  readonly updatedAt: number | undefined;
  /** Undefined for runs of other tools. */
  readonly description: RunDescription | undefined;
  /** Settings or hyper-parameters, whatever the tool has. */
  readonly settings: Json;
  readonly status: RunStatus;
  readonly events: readonly RunEvent[];
  readonly measures: ReadonlyMap<string, MeasureSeries>;
  readonly histograms: ReadonlyMap<string, readonly HistogramPoint[]>;
  /** Texts by tag (TensorBoard). */
  readonly texts: ReadonlyMap<string, string>;
  /** What could not be read, and how much of it. */
  readonly warnings: readonly string[];
  readonly notes: string;
  /** Reads what was written since the last call. Costs one look at sizes if nothing was.
   *  @returns whether anything changed. */
  refresh(): boolean;
  /** The run as the doctor's rules see it. */
  toRecord(): RunRecord;
}
