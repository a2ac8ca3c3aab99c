import { dropout, leakyRelu, linear, sequential, spirals } from "../../src/index.ts";
import type { TrainEvent } from "../../src/train/events.ts";

/** What the client's page trains, and its test in Node. */
export const model = sequential([linear(16), leakyRelu(), dropout(0.1), linear(2)], { inputShape: [2] });
export const data = spirals({ samples: 200, seed: 1 }).split({ validation: 0.25, seed: 1 });
export const options = {
  data,
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.01 },
  epochs: 5,
  batchSize: 50,
  seed: 1,
} as const;

/** An event without what a clock says. */
export function timeless(event: TrainEvent): TrainEvent {
  return event.type === "epochEnded" ? { ...event, durationMs: 0, samplesPerSecond: 0 } : event;
}
