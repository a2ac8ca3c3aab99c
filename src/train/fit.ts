import type { Model } from "../nn/model.ts";
import { type ListenerAnswer, notify } from "./events.ts";
import { trainingEvents } from "./loop.ts";
import type { FitOptions, TrainResult } from "./options.ts";

/** Trains a model.
 *    const { state, history } = await fit(model, { data, loss: "softmaxCrossEntropy", optimizer: { type: "adam" }, epochs: 5 })
 *  Events go to `onEvent` and `callbacks` as they happen; `trainingEvents` gives the same run as a stream to pull from.
 *  @throws GradusError before the first step: `bad-argument`, `unknown-field`, `shape-mismatch`, `label-out-of-range`, `empty-dataset`;
 *  during the run: `not-finite`, with step, layer and tensor. Every error after the first step, also one from a listener, carries
 *  the last finite weights in `values.state`, and the best in `values.best` if early stopping keeps them (`KeptWeights`). */
export async function fit(model: Model, options: FitOptions): Promise<TrainResult> {
  // checked when the run begins
  const { onEvent, callbacks = [] } = options ?? {};
  const events = trainingEvents(model, options);
  let answer: ListenerAnswer;
  for (;;) {
    const next = await events.next(answer);
    if (next.done) return next.value;
    try {
      answer = await notify(next.value, onEvent, callbacks);
    } catch (error) {
      // ends the run, which frees its memory and attaches the weights to the error
      await events.throw(error);
    }
  }
}
