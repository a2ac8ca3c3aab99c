import { GradusError } from "../core/errors.ts";
import { checkOptions, FLAG } from "../core/fields.ts";
import { type Model, requireModel } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import { resolveBackend } from "../train/backend.ts";
import type { TrainEvent } from "../train/events.ts";
import { checkFitParts, FIT_FIELDS } from "../train/fields.ts";
import { fit as train } from "../train/fit.ts";
import { withWeights } from "../train/kept-weights.ts";
import type { FitOptions, TrainResult } from "../train/options.ts";
import { takeCensus } from "./census.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { diagnose } from "./examine.ts";
import { createLayerProbe } from "./probes/layer-probe.ts";
import type { RunRecord } from "./record.ts";
import { RunObserver, toFailure } from "./run.ts";
import { scoreState } from "./score.ts";
import { toTraining } from "./to-training.ts";
import type { Training } from "./training.ts";

/** `FitOptions`, and whether the doctor watches. */
export interface WatchedFitOptions extends FitOptions {
  /** Looks at the training before the first step, reads its layers while it runs, and tells in `diagnosis` what it found and what it
   *  would do. It tries nothing: `examine` does. Costs two or three percent of a run of 1,000 steps, less of a longer one, and the
   *  compilation of a second step. The optimiser must be given as data. Default false. */
  readonly doctor?: boolean | undefined;
}

export interface WatchedResult extends TrainResult {
  /** Where the doctor watched. */
  readonly diagnosis?: Diagnosis;
}

/** Trains a model.
 *    const { state, history } = await fit(model, { data, loss: "softmaxCrossEntropy", optimizer: { type: "adam" }, epochs: 5 })
 *  Events go to `onEvent` and `callbacks` as they happen; `trainingEvents` is the same run as a stream to pull from.
 *  With `doctor: true` the result has a `diagnosis`, and so have the values of the error of a run that comes to NaN or infinity.
 *  @throws GradusError before the first step: `bad-argument`, `unknown-field`, `shape-mismatch`, `label-out-of-range`, `empty-dataset`;
 *  in the run: `not-finite`, with step, layer and tensor. Whatever is thrown after the first step, a listener's own error too, carries
 *  the last finite weights in `values.state`, and the best in `values.best` where early stopping keeps them (`KeptWeights`). */
export async function fit(model: Model, options: WatchedFitOptions): Promise<WatchedResult> {
  checkOptions<WatchedFitOptions>("fit", options ?? {}, { ...FIT_FIELDS, doctor: FLAG });
  const { doctor = false, ...rest } = options;
  return doctor ? watched(model, rest) : train(model, rest);
}

async function watched(model: Model, options: FitOptions): Promise<WatchedResult> {
  const started = performance.now();
  requireModel("fit", model);
  checkFitParts("fit", options);
  if (options.probe !== undefined) {
    throw new GradusError("bad-argument", "fit: one probe a run. Leave out either doctor or probe.");
  }
  const training = toTraining(model, options);
  const { settings, data } = training;
  const backend = resolveBackend(options);
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

/** Validation samples that are not the training samples themselves. */
function isParted({ train: all, validation }: Training["data"]): boolean {
  return validation !== all;
}
