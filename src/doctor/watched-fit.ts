import { GradusError } from "../core/errors.ts";
import { type Model, requireModel } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import { resolveBackend } from "../train/backend.ts";
import { checkFitParts } from "../train/check-options.ts";
import type { TrainEvent } from "../train/events.ts";
import { fit as train } from "../train/fit.ts";
import { withWeights } from "../train/kept-weights.ts";
import type { FitOptions, TrainResult } from "../train/options.ts";
import type { Training } from "../train/training.ts";
import { takeCensus } from "../watch/census.ts";
import { createLayerProbe } from "../watch/probes/layer-probe.ts";
import type { RunRecord } from "../watch/record.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { diagnose } from "./examine.ts";
import type { WatchedResult } from "./fit.ts";
import { RunObserver, toFailure } from "./run.ts";
import { scoreState } from "./score.ts";
import { toTraining } from "./to-training.ts";

/** A training that the doctor watches: `fit` with `doctor: true`. */
export async function watchedFit(model: Model, options: FitOptions): Promise<WatchedResult> {
  const started = performance.now();
  requireModel("fit", model);
  checkFitParts("fit", options);
  if (options.probe !== undefined) {
    throw new GradusError("bad-argument", "fit: a run has one probe, got doctor and probe. Leave one of them out.");
  }
  const training = toTraining(model, options);
  const { settings, data } = training;
  const backend = await resolveBackend(options);
  const initialState = options.initialState ?? model.initialize(settings.seed);
  const start = await takeCensus(training, model, initialState, { step: 0, backend });
  const observer = new RunObserver(model);
  const finish = async (state: ModelState, failure: RunRecord["failure"]): Promise<Diagnosis> => {
    const { score, loss } = await scoreState(training, model, state, "validation", { backend });
    const run: RunRecord = {
      seed: settings.seed,
      steps: observer.steps,
      plannedSteps: observer.stepsPerEpoch * settings.epochs,
      readings: observer.readings,
      epochs: observer.epochs,
      failure,
      start,
      end: await takeCensus(training, model, state, { step: observer.steps, backend }),
      score,
      trainScore: (await scoreState(training, model, state, "train", { backend, samples: 2000 })).score,
      validationLoss: loss,
      seconds: (performance.now() - started) / 1000,
    };
    return diagnose(training, [run], { backend, signal: options.signal });
  };
  let result: TrainResult;
  try {
    result = await train(model, {
      ...options,
      ...(isParted(data) ? { data, validationSplit: undefined } : {}),
      backend,
      initialState,
      probe: createLayerProbe(model),
      onEvent: (event: TrainEvent) => {
        observer.observe(event);
        return options.onEvent?.(event);
      },
    });
  } catch (error) {
    if (!(error instanceof GradusError) || error.code !== "not-finite") throw error;
    const state = (error.values.state as ModelState | undefined) ?? initialState;
    const diagnosis = await finish(state, toFailure(error)).catch(() => {
      throw error;
    });
    throw new GradusError(error.code, error.message, { ...error.values, diagnosis }, { cause: error });
  }
  try {
    return { ...result, diagnosis: await finish(result.state, undefined) };
  } catch (error) {
    throw withWeights(error, result);
  }
}

/** Whether the validation samples differ from the training samples. */
function isParted({ train: all, validation }: Training["data"]): boolean {
  return validation !== all;
}
