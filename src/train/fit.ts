import type { Model } from "../nn/model.ts";
import { type ListenerAnswer, notify } from "./events.ts";
import { trainingEvents } from "./loop.ts";
import type { FitOptions, TrainResult } from "./options.ts";

/** Trains a model.
 *    const { state, history } = await fit(model, { data, loss: "softmaxCrossEntropy", optimizer: { type: "adam" }, epochs: 5 })
 *  Events go to `onEvent` and `callbacks` as they happen; `trainingEvents` is the same run as a stream to pull from.
 *  @throws GradusError before the first step: `bad-argument`, `unknown-field`, `shape-mismatch`, `label-out-of-range`, `empty-dataset`;
 *  in the run: `not-finite`, with step, layer and tensor, and the last finite weights in `values.state`. */
export async function fit(model: Model, options: FitOptions): Promise<TrainResult> {
  const { onEvent, callbacks = [] } = options;
  const events = trainingEvents(model, options);
  let answer: ListenerAnswer;
  let ended = false;
  try {
    for (;;) {
      const next = await events.next(answer);
      if (next.done) {
        ended = true;
        return next.value;
      }
      answer = (await notify(next.value, onEvent, callbacks)) ? "stop" : undefined;
    }
  } finally {
    // a listener that throws ends the run: its memory is freed
    if (!ended) await events.return(undefined as never);
  }
}
