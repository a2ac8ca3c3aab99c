import { isRecord } from "../core/describe.ts";
import type { ErrorCode, ErrorValues } from "../core/errors.ts";
import type { Json } from "../io/checkpoint.ts";
import type { BackendName } from "../runtime/backend.ts";

/** The name of a metric in events, histories and options. `loss` is always present. */
export type MetricName = "loss" | "accuracy" | `top${number}` | "meanSquaredError" | "meanAbsoluteError";

/** Averages over all samples of an epoch, by name. */
export type Metrics = Readonly<{ loss: number }> & Readonly<Partial<Record<MetricName, number>>>;

/** Before the first step: the size of the run, and the backend. */
export interface RunStarted {
  readonly type: "runStarted";
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly samples: number;
  readonly validationSamples: number;
  readonly parameterCount: number;
  readonly backend: BackendName;
  readonly threads: number;
  /** Present if the run continues an earlier one. */
  readonly resumed?: Resumed | undefined;
}

/** Where a run goes on, and what differs from the run that it continues. */
export interface Resumed {
  /** Completed steps; the epoch under way, and its completed steps. */
  readonly step: number;
  readonly epoch: number;
  readonly stepInEpoch: number;
  /** Options that were changed, by dotted path: before and now, as JSON; undefined if absent. */
  readonly changes: Readonly<Record<string, { readonly from: Json | undefined; readonly to: Json | undefined }>>;
  /** Why the last bits may differ from those of the run without an interruption: another backend or number of threads. */
  readonly bitsMayDiffer?: string | undefined;
}

export interface EpochStarted {
  readonly type: "epochStarted";
  /** From 1. */
  readonly epoch: number;
}

/** After every update of the weights. */
export interface StepEnded {
  readonly type: "stepEnded";
  readonly epoch: number;
  /** Steps since the start of the run: 1 after the first. */
  readonly step: number;
  /** Steps in this epoch so far. */
  readonly stepInEpoch: number;
  /** Samples in this step's batch. */
  readonly samples: number;
  /** The objective: the mean loss of the batch, plus the regulariser. */
  readonly loss: number;
  /** Undefined if a custom optimiser keeps its own rate. */
  readonly learningRate?: number | undefined;
  /** Norm of the whole gradient, before clipping. Present if the run clips or requests gradient norms. */
  readonly gradientNorm?: number | undefined;
  /** Norm of the gradient of each layer's parameters together, by layer path, before clipping. Present on request. */
  readonly layerGradientNorms?: Readonly<Record<string, number>> | undefined;
  /** Numbers of the run's probe, if it measured this step. */
  readonly measures?: Readonly<Record<string, number>> | undefined;
}

/** After an epoch and its validation. */
export interface EpochEnded {
  readonly type: "epochEnded";
  readonly epoch: number;
  readonly step: number;
  /** Over the epoch's training batches, as trained: with dropout, while the weights change. */
  readonly train: Metrics;
  /** Over the validation set, in prediction mode, after the epoch. */
  readonly validation?: Metrics;
  /** The same for averaged weights, if the run keeps them: of the exponential average, and of the mean over epochs in the epochs that join
   *  it. */
  readonly ema?: Metrics;
  readonly swa?: Metrics;
  /** The rate of the epoch's last step. */
  readonly learningRate?: number | undefined;
  /** Training samples per second, without validation. */
  readonly samplesPerSecond: number;
  /** Duration of the training steps. */
  readonly durationMs: number;
  /** Early stopping only: whether this is the best epoch so far. */
  readonly isBest?: boolean;
}

/** After a checkpoint was written. */
export interface CheckpointSaved {
  readonly type: "checkpointSaved";
  readonly epoch: number;
  readonly step: number;
  /** Its file. */
  readonly file: string;
  readonly bytes: number;
  readonly durationMs: number;
}

/** A checkpoint could not be written, for instance because the disk is full. The training goes on, and the last good one is still there. */
export interface CheckpointFailed {
  readonly type: "checkpointFailed";
  readonly epoch: number;
  readonly step: number;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly values: ErrorValues };
}

/** Why a run ended. `interrupted`: by a signal, such as Ctrl-C; `callback`: a listener returned "stop". */
export type StopReason = "finished" | "early-stopping" | "interrupted" | "callback" | "not-finite";

/** The last event of every run. */
export interface Stopped {
  readonly type: "stopped";
  readonly reason: StopReason;
  /** Epochs completed. */
  readonly epoch: number;
  readonly step: number;
  /** The epoch whose weights were restored. */
  readonly restoredEpoch?: number;
  /** Why the last state could not be written: it can be resumed from the last good checkpoint only. */
  readonly notSaved?: CheckpointFailed["error"];
}

/** The events of a run, in order; `checkpointSaved` and `checkpointFailed` come after a step or an epoch:
 *    runStarted (epochStarted stepEnded* epochEnded)* stopped
 *  A run that continues inside an epoch begins with the rest of it, and its `epochStarted`. */
export type TrainEvent =
  | RunStarted
  | EpochStarted
  | StepEnded
  | EpochEnded
  | CheckpointSaved
  | CheckpointFailed
  | Stopped;

/** A new learning rate, > 0, from the next step on. Moments and other values of the optimiser stay. A schedule is scaled as a whole, by the
 *  ratio of the given rate to the present one. Needs one of our optimisers: `bad-argument` otherwise. */
export interface RateChange {
  readonly learningRate: number;
}

/** The return value of a listener: "stop" ends the run after this step and keeps the weights; `{ learningRate }` changes the rate. */
export type ListenerAnswer = "stop" | RateChange | undefined;

// biome-ignore lint/suspicious/noConfusingVoidType: most listeners return nothing
type Answer = ListenerAnswer | void;
export type EventListener = (event: TrainEvent) => Answer | Promise<Answer>;

/** Every type of event. */
export const EVENT_TYPES = [
  "runStarted",
  "epochStarted",
  "stepEnded",
  "epochEnded",
  "checkpointSaved",
  "checkpointFailed",
  "stopped",
] as const satisfies readonly TrainEvent["type"][];

/** One typed function per type of event: `{ epochEnded: ({ validation }) => … }`. */
export type Callbacks = {
  readonly [Type in TrainEvent["type"]]?: (event: Extract<TrainEvent, { type: Type }>) => Answer | Promise<Answer>;
};

/** Whether an answer asks for another rate. Other objects and numbers are no answers: listeners may return anything. */
export function isRateChange(answer: unknown): answer is RateChange {
  return isRecord(answer) && Object.hasOwn(answer, "learningRate");
}

/** Passes one event to every listener, in order, and awaits each. "stop" if any returned it; else the last rate that one returned. */
export async function notify(
  event: TrainEvent,
  onEvent: EventListener | undefined,
  callbacks: readonly Callbacks[],
): Promise<ListenerAnswer> {
  let all: ListenerAnswer;
  const heard = (answer: Answer) => {
    if (answer === "stop" || (all !== "stop" && isRateChange(answer))) all = answer;
  };
  if (onEvent) heard(await onEvent(event));
  for (const callback of callbacks) {
    // the table's type pairs each function with its event, which the type of a single lookup cannot express
    const listener = callback[event.type] as EventListener | undefined;
    if (listener) heard(await listener(event));
  }
  return all;
}
