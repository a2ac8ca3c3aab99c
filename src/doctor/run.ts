import { GradusError } from "../core/errors.ts";
import { createModel, type Model } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { resolveBackend } from "../train/backend.ts";
import type { RunStarted, StepEnded, TrainEvent } from "../train/events.ts";
import { trainingEvents } from "../train/loop.ts";
import type { FitOptions, TrainResult } from "../train/options.ts";
import type { Settings, Training } from "../train/training.ts";
import { PREPARATION_FIELDS } from "../train/training-options.ts";
import { takeCensus } from "../watch/census.ts";
import { createLayerProbe, toReading } from "../watch/probes/layer-probe.ts";
import type { EpochRecord, Failure, Reading, RunRecord } from "../watch/record.ts";
import { toEpoch } from "../watch/to-epoch.ts";
import { prepared } from "./prepared.ts";
import { scoreState } from "./score.ts";

/** The state of a run in progress. */
export interface RunSoFar {
  readonly steps: number;
  readonly epochs: readonly EpochRecord[];
  readonly readings: readonly Reading[];
}

export interface RunOptions {
  /** Seed of weights, order and dropout. */
  readonly seed: number;
  /** Default: the fastest available. */
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
  /** Measure the layers. Default true. */
  readonly withProbes?: boolean | undefined;
  /** Passes over the training samples; a fraction ends inside an epoch. Default: as in the settings. */
  readonly epochs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every step and epoch; a return value ends the run. */
  readonly shouldStop?: ((soFar: RunSoFar) => "hopeless" | "budget" | undefined) | undefined;
  /** Receives the completed share of the run, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Steps between two reports of progress. */
const TELL_EVERY = 20;

/** Most training samples to score. */
const MOST_SCORED = 2000;

/** Collects a run's events into a record for the rules. */
export class RunObserver {
  readonly #model: Model;
  readonly readings: Reading[] = [];
  readonly epochs: EpochRecord[] = [];
  steps = 0;
  stepsPerEpoch = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  observe(event: TrainEvent): void {
    if (event.type === "runStarted") this.#started(event);
    else if (event.type === "stepEnded") this.#stepped(event);
    else if (event.type === "epochEnded") this.epochs.push(toEpoch(event));
  }

  #started({ stepsPerEpoch }: RunStarted): void {
    this.stepsPerEpoch = stepsPerEpoch;
  }

  #stepped(event: StepEnded): void {
    this.steps = event.step;
    const reading = toReading(event, this.#model);
    if (reading !== undefined) this.readings.push(reading);
  }
}

/** The options of `fit` in a training's settings. Fields that settings do not have stay, so that `fit` refuses them. */
export function fitOptionsOf({ model, ...options }: Settings): Omit<FitOptions, "data"> {
  const entries = Object.entries(options).filter(([name]) => !Object.hasOwn(PREPARATION_FIELDS, name));
  return Object.fromEntries(entries) as unknown as Omit<FitOptions, "data">;
}

/** The failure that a `not-finite` error describes. */
export function toFailure({ values }: GradusError): Failure {
  const { step, epoch, layer, tensor } = values as unknown as Failure;
  return { step, epoch, layer, tensor: tensor ?? "loss" };
}

/** One run from initial weights to score. NaN or infinity gives a record with a failure, not an error.
 *  @throws GradusError if the training cannot be built or run at all: as `createModel` and `fit`; `interrupted` if the signal aborts. */
export async function runTraining(training: Training, options: RunOptions): Promise<RunRecord> {
  const started = performance.now();
  const { seed, withProbes = true, signal, shouldStop, onProgress, threads } = options;
  const backend = await resolveBackend(options);
  const ready = prepared(training).training;
  const { settings, data } = ready;
  const epochs = options.epochs ?? settings.epochs;
  const model = createModel(settings.model);
  const initial = model.initialize(seed);
  const start = withProbes ? await takeCensus(ready, model, initial, { step: 0, backend }) : undefined;

  const observer = new RunObserver(model);
  const events = trainingEvents(model, {
    ...fitOptionsOf(settings),
    data,
    seed,
    // a run that is cut short equals the beginning of the whole run, including its schedule
    epochs: Math.max(settings.epochs, Math.ceil(epochs)),
    backend,
    threads,
    initialState: initial,
    ...(withProbes ? { probe: createLayerProbe(model) } : {}),
  });
  let cut: "hopeless" | "budget" | undefined;
  let failure: Failure | undefined;
  let state: ModelState = initial;
  try {
    let answer: "stop" | undefined;
    for (;;) {
      const next = await events.next(answer);
      if (next.done) {
        state = (next.value as TrainResult).state;
        break;
      }
      const event = next.value as TrainEvent;
      observer.observe(event);
      answer = undefined;
      if (event.type !== "stepEnded" && event.type !== "epochEnded") continue;
      if (signal?.aborted) throw new GradusError("interrupted", "the run was aborted.", { seed });
      const total = Math.max(1, Math.floor(epochs * observer.stepsPerEpoch));
      if (event.type === "epochEnded" || event.step % TELL_EVERY === 0)
        onProgress?.(Math.min(1, observer.steps / total));
      // a completed epoch is validated first
      if (event.type === "stepEnded" && event.step % observer.stepsPerEpoch === 0) continue;
      cut ??= observer.steps < total ? shouldStop?.(observer) : undefined;
      if (cut !== undefined || observer.steps >= total) answer = "stop";
    }
  } catch (error) {
    if (!(error instanceof GradusError) || error.code !== "not-finite") throw error;
    failure = toFailure(error);
    state = (error.values.state as ModelState | undefined) ?? initial;
  } finally {
    // leaving early ends the run and frees its memory
    await events.return(undefined as never);
  }
  const where = { backend, threads };
  const { score, loss: validationLoss } = await scoreState(training, model, state, "validation", where);
  const { score: trainScore } = await scoreState(training, model, state, "train", { ...where, samples: MOST_SCORED });
  return {
    seed,
    steps: observer.steps,
    plannedSteps: Math.floor(settings.epochs * observer.stepsPerEpoch),
    readings: observer.readings,
    epochs: observer.epochs,
    failure,
    start,
    end: withProbes ? await takeCensus(ready, model, state, { step: observer.steps, backend }) : undefined,
    score,
    trainScore,
    validationLoss,
    cut,
    seconds: (performance.now() - started) / 1000,
  };
}
