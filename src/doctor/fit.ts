import { checkOptions, FLAG } from "../core/fields.ts";
import type { Model } from "../nn/model.ts";
import { fit as train } from "../train/fit.ts";
import type { FitOptions, TrainResult } from "../train/options.ts";
import { FIT_FIELDS } from "../train/training-options.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** `FitOptions`, and whether the doctor watches. */
export interface WatchedFitOptions extends FitOptions {
  /** Inspects the training before the first step, measures its layers while it runs, and reports findings and prescriptions in
   *  `diagnosis`. It tries nothing; `examine` does. Costs three or four percent of a run of 1,000 steps, less of a longer one, and the
   *  compilation of a second step. The optimiser must be given as data. Default false. */
  readonly doctor?: boolean | undefined;
}

export interface WatchedResult extends TrainResult {
  /** Present with `doctor: true`. */
  readonly diagnosis?: Diagnosis;
}

/** Trains a model.
 *    const { state, history } = await fit(model, { data, loss: "softmaxCrossEntropy", optimizer: { type: "adam" }, epochs: 5 })
 *  Events go to `onEvent` and `callbacks` as they happen; `trainingEvents` gives the same run as a stream to pull from.
 *  With `doctor: true` the result has a `diagnosis`, and so do the values of the error if values become NaN or infinite.
 *  @throws GradusError before the first step: `bad-argument`, `unknown-field`, `shape-mismatch`, `label-out-of-range`, `empty-dataset`;
 *  during the run: `not-finite`, with step, layer and tensor. Every error after the first step, also one from a listener, carries
 *  the last finite weights in `values.state`, and the best in `values.best` if early stopping keeps them (`KeptWeights`). */
export async function fit(model: Model, options: WatchedFitOptions): Promise<WatchedResult> {
  checkOptions<WatchedFitOptions>("fit", options ?? {}, { ...FIT_FIELDS, doctor: FLAG });
  const { doctor = false, ...rest } = options;
  if (!doctor) return train(model, rest);
  const { watchedFit } = await import("./watched-fit.ts");
  return watchedFit(model, rest);
}
