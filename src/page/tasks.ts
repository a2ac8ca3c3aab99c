import type { Dataset } from "../data/dataset.ts";
import type { ExamineEvent } from "../doctor/examine.ts";
import type { ExamineModelOptions } from "../doctor/examine-model.ts";
import { fit, type WatchedFitOptions } from "../doctor/fit.ts";
import type { BackendOptions } from "../engine/select-backend.ts";
import { createModel, type ModelConfig } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import { type EvaluateOptions, evaluate } from "../train/evaluate.ts";
import type { ListenerAnswer, TrainEvent } from "../train/events.ts";
import type { FitData } from "../train/options.ts";
import { type PredictOptions, predict } from "../train/predict.ts";
import type { PredictInputs } from "../train/require-inputs.ts";
import type { Training } from "../train/training.ts";

/** What a task has besides what it was given. */
export interface TaskContext<Event> {
  /** The backend that the engine was opened with: a task takes it if its options name no other. */
  readonly opened: BackendOptions;
  /** Aborts when the page's signal does. */
  readonly signal: AbortSignal;
  /** Passes an event to the page. A promise means: wait, nobody reads. */
  readonly tell: (event: Event) => ListenerAnswer | Promise<ListenerAnswer>;
}

/** What each task is given: arguments of the function of the same name, the model as data. */
export interface TaskGiven {
  readonly fit: { readonly model: ModelConfig; readonly options: WatchedFitOptions };
  readonly predict: {
    readonly model: ModelConfig;
    readonly state: ModelState;
    readonly inputs: PredictInputs;
    readonly options: PredictOptions;
  };
  readonly evaluate: {
    readonly model: ModelConfig;
    readonly state: ModelState;
    readonly dataset: Dataset;
    readonly options: EvaluateOptions;
  };
  readonly examine: {
    readonly model: ModelConfig;
    readonly data: Dataset | FitData;
    readonly options: ExamineModelOptions;
  };
  readonly examineTraining: { readonly training: Training; readonly options: ExamineModelOptions };
}

export type TaskName = keyof TaskGiven;

interface TaskEvents {
  readonly fit: TrainEvent;
  readonly predict: never;
  readonly evaluate: never;
  readonly examine: ExamineEvent;
  readonly examineTraining: ExamineEvent;
}

export type TaskEvent = TaskEvents[TaskName];

type Task<Name extends TaskName> = (given: TaskGiven[Name], context: TaskContext<TaskEvents[Name]>) => Promise<unknown>;

/** What a worker can be asked to do. */
export const TASKS: { readonly [Name in TaskName]: Task<Name> } = {
  fit: ({ model, options }, { opened, signal, tell }) =>
    fit(createModel(model), { ...opened, ...options, signal, onEvent: tell }),
  predict: ({ model, state, inputs, options }, { opened, signal }) =>
    predict(createModel(model), state, inputs, { ...opened, ...options, signal }),
  evaluate: ({ model, state, dataset, options }, { opened }) =>
    evaluate(createModel(model), state, dataset, { ...opened, ...options }),
  examine: async ({ model, data, options }, { opened, signal, tell }) => {
    const { examine } = await import("../doctor/examine-model.ts");
    return examine(createModel(model), data, {
      ...opened,
      ...options,
      signal,
      onProgress: (event) => void tell(event),
    });
  },
  examineTraining: async ({ training, options }, { opened, signal, tell }) => {
    const { examine } = await import("../doctor/examine.ts");
    return examine(training, { ...opened, ...options, signal, onProgress: (event) => void tell(event) });
  },
};

/** Tasks that wait when nobody reads; the others go on, and what is only progress is told less often. */
export const WAITING: ReadonlySet<TaskName> = new Set(["fit"]);

/** Whether an event says what the last one said, only later: progress within one phase. */
export function isProgress(last: TaskEvent, next: TaskEvent): boolean {
  if (!("phase" in last && "phase" in next)) return false;
  return (
    last.phase === next.phase &&
    last.prescription === next.prescription &&
    last.findings === undefined &&
    next.findings === undefined
  );
}
