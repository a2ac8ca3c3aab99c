import { isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { Crossing } from "../crossing/crossing.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Diagnosis } from "../doctor/diagnosis.ts";
import type { ExamineEvent } from "../doctor/examine.ts";
import type { WatchedResult } from "../doctor/fit.ts";
import type { Model, ModelInput } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import type { BackendName } from "../runtime/backend.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkCallbacks } from "../train/check-callbacks.ts";
import { type Metrics, notify, type TrainEvent } from "../train/events.ts";
import { withWeights } from "../train/kept-weights.ts";
import type { FitData, TrainResult } from "../train/options.ts";
import type { Prediction } from "../train/predict.ts";
import type { PredictInputs } from "../train/require-inputs.ts";
import type { Training } from "../train/training.ts";
import { brokenWorker } from "./broken-worker.ts";
import type {
  PageEngine,
  PageEvaluateOptions,
  PageExamineOptions,
  PageExamineTrainingOptions,
  PageFitOptions,
  PagePredictOptions,
} from "./engine.ts";
import { disclose, enclose, type FromWorker, type OpenedBackend, type ToWorker } from "./messages.ts";
import type { Port, PortEvent } from "./port.ts";
import { EngineRun, type PageRun, type RunLink } from "./run.ts";
import type { TaskName } from "./tasks.ts";

/** A run that the worker makes. */
interface Pending {
  readonly run: EngineRun<unknown, unknown>;
  readonly crossing: Crossing;
  readonly release: () => void;
}

/** What of a run stays on the page. */
interface OnPage<Event> {
  readonly signal?: AbortSignal | undefined;
  readonly hear?: RunLink<Event>["hear"];
  readonly withResult?: RunLink<Event>["withResult"];
}

/** The page's end of a worker that is open. */
export class WorkerEngine implements PageEngine {
  readonly backend: BackendName;
  readonly threads: number;
  readonly description: string;
  readonly #worker: Port;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #end: GradusError | undefined;

  constructor(worker: Port, { backend, threads, description }: OpenedBackend) {
    this.backend = backend;
    this.threads = threads;
    this.description = description;
    this.#worker = worker;
    worker.addEventListener("message", this.#hear);
    worker.addEventListener("error", this.#break);
  }

  fit(model: Model | ModelInput, options: PageFitOptions): PageRun<TrainEvent, WatchedResult> {
    const { onEvent, callbacks = [], signal, ...rest } = recordOf(options);
    const hear =
      onEvent === undefined && callbacks.length === 0
        ? undefined
        : (event: TrainEvent) => notify(event, onEvent, callbacks);
    return this.#start<TrainEvent, WatchedResult>("fit", () => ({ model, options: rest }), {
      signal,
      hear,
      withResult: (error, result) => withWeights(error, result as TrainResult),
      check: () => checkCallbacks("fit", callbacks),
    });
  }

  async predict(
    model: Model | ModelInput,
    state: ModelState,
    inputs: PredictInputs,
    options: PagePredictOptions = {},
  ): Promise<Prediction> {
    const { signal, ...rest } = recordOf(options);
    const given = { model, state, inputs: inputs instanceof Tensor ? await inputs.array() : inputs, options: rest };
    return this.#start<never, Prediction>("predict", () => given, { signal }).result;
  }

  async evaluate(
    model: Model | ModelInput,
    state: ModelState,
    dataset: Dataset,
    options: PageEvaluateOptions,
  ): Promise<Metrics> {
    return this.#start<never, Metrics>("evaluate", () => ({ model, state, dataset, options }), {}).result;
  }

  examine(
    model: Model | ModelInput,
    data: Dataset | FitData,
    options: PageExamineOptions,
  ): PageRun<ExamineEvent, Diagnosis> {
    const { signal, onProgress, ...rest } = recordOf(options);
    const given = () => ({ model, data, options: rest });
    return this.#start<ExamineEvent, Diagnosis>("examine", given, { signal, hear: listener(onProgress) });
  }

  examineTraining(training: Training, options: PageExamineTrainingOptions = {}): PageRun<ExamineEvent, Diagnosis> {
    const { signal, onProgress, ...rest } = recordOf(options);
    const given = () => ({ training, options: rest });
    return this.#start<ExamineEvent, Diagnosis>("examineTraining", given, { signal, hear: listener(onProgress) });
  }

  dispose(): void {
    this.#finish(new GradusError("disposed", "the engine was disposed of. connect() makes another one."));
  }

  /** Sends a task. What is wrong with it is the run's error, as what the worker finds wrong. */
  #start<Event, Result>(
    name: TaskName,
    given: () => unknown,
    { signal, hear, withResult = (error) => error, check }: OnPage<Event> & { readonly check?: () => void },
  ): EngineRun<Event, Result> {
    const id = this.#next++;
    const crossing = new Crossing(0);
    const run = new EngineRun<Event, Result>({
      read: () => this.#say({ type: "read", id }),
      answer: (answer) => this.#say({ type: "answer", id, answer }),
      hear,
      withResult,
    });
    const abort = () => this.#say({ type: "abort", id });
    try {
      if (this.#end !== undefined) throw this.#end;
      check?.();
      this.#say({ type: "task", id, name, given: crossing.send(name, given()) });
      const release = () => signal?.removeEventListener("abort", abort);
      this.#pending.set(id, { run: run as unknown as Pending["run"], crossing, release });
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
    } catch (error) {
      run.fail(error);
    }
    return run;
  }

  #say(message: ToWorker): void {
    if (this.#end === undefined) this.#worker.postMessage(enclose(message));
  }

  readonly #hear = ({ data }: PortEvent): void => {
    const message = disclose<FromWorker>(data);
    if (message === undefined || !("id" in message)) return;
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    const { run, crossing } = pending;
    if (message.type === "events") {
      run.take(crossing.receive(message.events) as unknown[]);
      return;
    }
    this.#pending.delete(message.id);
    pending.release();
    run.settle(
      message.type === "result"
        ? { result: crossing.receive(message.result) }
        : { error: crossing.receive(message.error) },
    );
  };

  /** Nobody caught an error in the worker: what it still does is not known. */
  readonly #break = (event: PortEvent): void => this.#finish(brokenWorker(event));

  #finish(error: GradusError): void {
    if (this.#end !== undefined) return;
    this.#say({ type: "close" });
    this.#end = error;
    this.#worker.removeEventListener("message", this.#hear);
    this.#worker.removeEventListener("error", this.#break);
    this.#worker.terminate?.();
    this.#worker.close?.();
    for (const { run, release } of this.#pending.values()) {
      release();
      run.fail(error);
    }
    this.#pending.clear();
  }
}

/** The options, if they are some: the worker refuses anything else. */
function recordOf<Options extends object>(options: Options): Partial<Options> {
  return isRecord(options) ? (options as Partial<Options>) : {};
}

function listener(onProgress: ((event: ExamineEvent) => void) | undefined) {
  if (onProgress === undefined) return undefined;
  return async (event: ExamineEvent): Promise<undefined> => {
    onProgress(event);
  };
}
