import type { Dataset } from "../data/dataset.ts";
import type { Diagnosis } from "../doctor/diagnosis.ts";
import type { ExamineEvent, ExamineOptions } from "../doctor/examine.ts";
import type { ExamineModelOptions } from "../doctor/examine-model.ts";
import type { WatchedFitOptions, WatchedResult } from "../doctor/fit.ts";
import type { Model, ModelInput } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import type { OptimizerConfig, OptimizerType } from "../optim/optimizers.ts";
import type { BackendName } from "../runtime/backend.ts";
import type { EvaluateOptions } from "../train/evaluate.ts";
import type { Metrics, TrainEvent } from "../train/events.ts";
import type { FitData } from "../train/options.ts";
import type { Prediction, PredictOptions } from "../train/predict.ts";
import type { PredictInputs } from "../train/require-inputs.ts";
import type { Training } from "../train/training.ts";
import type { OpenedBackend } from "./messages.ts";
import type { PageRun } from "./run.ts";

interface NamedBackend {
  /** Default: the engine's. */
  readonly backend?: BackendName | "auto" | undefined;
}

/** What holds functions that nobody could call from there, or names folders, which pages lack. */
type OnlyInItsThread = "optimizer" | "probe" | "backend" | "checkpoint" | "resume";

/** The options of `fit` that reach another thread. `onEvent` and `callbacks` are called on the page; their "stop" takes effect within two
 *  batches of events. Data sets are copied; those in shared memory are shared. */
export interface PageFitOptions extends Omit<WatchedFitOptions, OnlyInItsThread>, NamedBackend {
  /** As data. */
  readonly optimizer: OptimizerConfig | OptimizerType;
}

/** The options of `predict` without functions. */
export interface PagePredictOptions extends Omit<PredictOptions, "transform" | "backend">, NamedBackend {}

export interface PageEvaluateOptions extends Omit<EvaluateOptions, "backend">, NamedBackend {}

type OnlyHere = "places" | "runner" | "prescribe";

/** `onProgress` is called on the page. */
export interface PageExamineOptions extends Omit<ExamineModelOptions, OnlyHere | "optimizer"> {
  /** As data. */
  readonly optimizer: OptimizerConfig | OptimizerType;
}

export interface PageExamineTrainingOptions extends Omit<ExamineOptions, OnlyHere> {}

/** Gradus in a worker. Its functions are those of `gradus` and `gradus/doctor`: the same options, events, results and errors, and with the
 *  same number of threads the same bits. Several may run at once; they share the worker's threads. */
export interface PageEngine extends OpenedBackend {
  /** Trains a model.
   *    const run = engine.fit(model, { data, loss: "softmaxCrossEntropy", optimizer: { type: "adam" }, signal });
   *    for await (const event of run) if (event.type === "epochEnded") show(event.validation);
   *    const { state } = await run.result;
   *  @param model or its configuration.
   *  @throws GradusError `bad-argument` for an option that cannot reach the worker (an optimiser made by hand, a probe); the run throws what
   *  `fit` throws. */
  fit(model: Model | ModelInput, options: PageFitOptions): PageRun<TrainEvent, WatchedResult>;
  /** The model's outputs, as `predict`. */
  predict(
    model: Model | ModelInput,
    state: ModelState,
    inputs: PredictInputs,
    options?: PagePredictOptions,
  ): Promise<Prediction>;
  /** Loss and metrics, as `evaluate`. */
  evaluate(
    model: Model | ModelInput,
    state: ModelState,
    dataset: Dataset,
    options: PageEvaluateOptions,
  ): Promise<Metrics>;
  /** Finds out why a training does not work, and proves the cure, as `examine`; its runs are made one after the other. Its events are
   *  progress: those that nobody reads in time are left out, findings never are. */
  examine(
    model: Model | ModelInput,
    data: Dataset | FitData,
    options: PageExamineOptions,
  ): PageRun<ExamineEvent, Diagnosis>;
  /** The same for a training that is plain data. */
  examineTraining(training: Training, options?: PageExamineTrainingOptions): PageRun<ExamineEvent, Diagnosis>;
  /** Ends the worker at once and frees its memory. What is under way is rejected: `disposed`. */
  dispose(): void;
}
