// A process of its own that runs trainings for another, one at a time: started by `run-process.ts`, told what to do in messages.
import { type Dataset, datasetFromParts } from "../data/dataset.ts";
import { runJob } from "../doctor/trial/job.ts";
import type { Settings, Training } from "../train/training.ts";
import { type FromWorker, sentError, type ToWorker } from "./messages.ts";

const datasets = new Map<number, Dataset>();
let current: AbortController | undefined;

const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message);
};

function trainingOf(settings: Settings, train: number, validation: number): Training {
  return { settings, data: { train: datasets.get(train) as Dataset, validation: datasets.get(validation) as Dataset } };
}

async function run({ settings, train, validation, options }: Extract<ToWorker, { kind: "run" }>): Promise<void> {
  const controller = new AbortController();
  current = controller;
  let told = 0;
  try {
    const record = await runJob({
      training: trainingOf(settings, train, validation),
      options,
      signal: controller.signal,
      onProgress: (done) => {
        // a message a hundredth: more would only be read, not seen
        if (done - told < 0.01) return;
        told = done;
        send({ kind: "progress", done });
      },
    });
    send({ kind: "record", record });
  } catch (error) {
    send({ kind: "error", error: sentError(error) });
  }
}

process.on("message", (message: ToWorker) => {
  if (message.kind === "dataset") datasets.set(message.number, datasetFromParts(message.parts));
  else if (message.kind === "abort") current?.abort();
  else void run(message);
});
// whoever started this process decides when it ends; Ctrl-C goes to all of a terminal's processes at once
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
