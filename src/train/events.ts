import type { BackendName } from "../runtime/backend.ts";

/** What a metric is called in events, histories and options. `loss` is always there. */
export type MetricName = "loss" | "accuracy" | `top${number}` | "meanSquaredError" | "meanAbsoluteError";

/** Averages over all samples of an epoch, by name. */
export type Metrics = Readonly<{ loss: number }> & Readonly<Partial<Record<MetricName, number>>>;

/** Before the first step: what is about to be trained, where, and how much of it. */
export interface RunStarted {
  readonly type: "runStarted";
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly samples: number;
  readonly validationSamples: number;
  readonly parameterCount: number;
  readonly backend: BackendName;
  readonly threads: number;
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
  /** Steps done since the run began: 1 after the first. */
  readonly step: number;
  /** Steps done in this epoch. */
  readonly stepInEpoch: number;
  /** Samples in this step's batch. */
  readonly samples: number;
  /** What was minimised: the mean loss of the batch, plus the regulariser. */
  readonly loss: number;
  /** Undefined where a hand-made optimiser keeps its own. */
  readonly learningRate?: number | undefined;
  /** Norm of the whole gradient, before clipping. There when the run clips or asks for gradient norms. */
  readonly gradientNorm?: number | undefined;
  /** Norm of the gradient of each layer's parameters together, by layer path, before clipping. There when asked for. */
  readonly layerGradientNorms?: Readonly<Record<string, number>> | undefined;
  /** Of the run's probe, where it measured this step. */
  readonly measures?: Readonly<Record<string, number>> | undefined;
}

/** After an epoch and its validation. */
export interface EpochEnded {
  readonly type: "epochEnded";
  readonly epoch: number;
  readonly step: number;
  /** Over the epoch's training batches, as they were seen: dropout on, weights moving. */
  readonly train: Metrics;
  /** Over the validation set, in prediction mode, after the epoch. */
  readonly validation?: Metrics;
  /** The value of the epoch's last step. */
  readonly learningRate?: number | undefined;
  /** Training samples a second, validation not counted. */
  readonly samplesPerSecond: number;
  /** Of the training steps. */
  readonly durationMs: number;
  /** Early stopping only: is this the best epoch so far? */
  readonly isBest?: boolean;
}

/** Why a run ended. `interrupted`: a signal (Ctrl-C, say) asked; `callback`: a listener answered "stop". */
export type StopReason = "finished" | "early-stopping" | "interrupted" | "callback" | "not-finite";

/** The last event of every run. */
export interface Stopped {
  readonly type: "stopped";
  readonly reason: StopReason;
  /** Epochs completed. */
  readonly epoch: number;
  readonly step: number;
  /** The epoch whose weights were put back. */
  readonly restoredEpoch?: number;
}

/** What happens in a run, in order:
 *    runStarted (epochStarted stepEnded* epochEnded)* stopped */
export type TrainEvent = RunStarted | EpochStarted | StepEnded | EpochEnded | Stopped;

/** What a listener answers: "stop" ends the run after this step, the weights kept. */
export type ListenerAnswer = "stop" | undefined;

// biome-ignore lint/suspicious/noConfusingVoidType: a listener that returns nothing is the usual one
type Answer = ListenerAnswer | void;
export type EventListener = (event: TrainEvent) => Answer | Promise<Answer>;

/** Every type of event. */
export const EVENT_TYPES = [
  "runStarted",
  "epochStarted",
  "stepEnded",
  "epochEnded",
  "stopped",
] as const satisfies readonly TrainEvent["type"][];

/** One function an event type, each typed: `{ epochEnded: ({ validation }) => … }`. */
export type Callbacks = {
  readonly [Type in TrainEvent["type"]]?: (event: Extract<TrainEvent, { type: Type }>) => Answer | Promise<Answer>;
};

/** Tells one event to every listener, in order, and waits for those that answer later. True if any said "stop". */
export async function notify(
  event: TrainEvent,
  onEvent: EventListener | undefined,
  callbacks: readonly Callbacks[],
): Promise<boolean> {
  let stop = false;
  const heard = (answer: Answer) => {
    if (answer === "stop") stop = true;
  };
  if (onEvent) heard(await onEvent(event));
  for (const callback of callbacks) {
    // the table's type joins each function with its own event; one lookup by the event's type cannot say so
    const listener = callback[event.type] as EventListener | undefined;
    if (listener) heard(await listener(event));
  }
  return stop;
}
