// A process that runs trainings for another one, one at a time. `run-process.ts` starts it and sends it messages.
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
  let reported = 0;
  try {
    const record = await runJob({
      training: trainingOf(settings, train, validation),
      options,
      signal: controller.signal,
      onProgress: (done) => {
        // one message per percent: nobody sees finer steps
        if (done - reported < 0.01) return;
        reported = done;
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
// the parent decides when this process ends; Ctrl-C reaches all processes of a terminal at once
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
