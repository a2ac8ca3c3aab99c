import { isRecord } from "./core/describe.ts";
import { isNode } from "./core/host.ts";
import { fit as fitHere, type WatchedFitOptions, type WatchedResult } from "./doctor/fit.ts";
import type { Model } from "./nn/model.ts";
import { trainingEvents as eventsHere, type TrainingEvents } from "./train/loop.ts";
import type { FitOptions } from "./train/options.ts";

// What `gradus` adds to the functions that train: folders for checkpoints, where this host has some.

/** The options, with stores and states in place of paths in Node, opened when the run begins; elsewhere `fit` asks for them. What is no
 *  object is left to be refused. */
function withFolders<Options extends FitOptions>(options: Options): Options {
  if (!isNode || !isRecord(options)) return options;
  const { checkpoint, resume } = options;
  const folders = () => import("./files/checkpoint-folder.ts");
  const directory = isRecord(checkpoint) && checkpoint.store === undefined ? checkpoint.directory : undefined;
  return {
    ...options,
    ...(typeof directory === "string"
      ? { checkpoint: { ...checkpoint, store: async () => (await folders()).checkpointFolder(directory) } }
      : {}),
    ...(typeof resume === "string" ? { resume: async () => (await folders()).readRun(resume) } : {}),
  };
}

/** Trains a model.
 *    const { state, history } = await fit(model, { data, loss: "softmaxCrossEntropy", optimizer: { type: "adam" }, epochs: 5 })
 *  Events go to `onEvent` and `callbacks` as they happen; `trainingEvents` gives the same run as a stream to pull from.
 *  With `checkpoint: { directory: "checkpoints" }, resume: true` the same call continues where a stopped or killed process was, in the middle
 *  of an epoch if need be, and ends with the same bits.
 *  With `doctor: true` the result has a `diagnosis`, and so do the values of the error if values become NaN or infinite.
 *  @throws GradusError before the first step: `bad-argument`, `unknown-field`, `shape-mismatch`, `label-out-of-range`, `empty-dataset`,
 *  `resume-mismatch`, `checksum-mismatch` if every checkpoint is damaged;
 *  during the run: `not-finite`, with step, layer and tensor. Every error after the first step, also one from a listener, carries
 *  the last finite weights in `values.state`, and the best in `values.best` if early stopping keeps them (`KeptWeights`). */
export async function fit(model: Model, options: WatchedFitOptions): Promise<WatchedResult> {
  return fitHere(model, withFolders(options));
}

/** A run as a stream of events that the reader pulls: training continues when the reader requests the next event.
 *    for await (const event of trainingEvents(model, options)) if (event.type === "epochEnded") console.log(event.validation);
 *  Leaving the loop ends the run and frees its memory. `next("stop")` ends it after the step and keeps the weights (those of the
 *  best epoch if early stopping restores them); `next({ learningRate: 0.01 })` trains on with another rate (`RateChange`); the generator's
 *  return value is the result. `state()` reads the weights between two events.
 *  An error after the first step, also one passed in with `throw`, carries the trained weights: see `KeptWeights`. */
export function trainingEvents(model: Model, options: FitOptions): TrainingEvents {
  return eventsHere(model, withFolders(options));
}
