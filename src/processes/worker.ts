// A process that runs trainings for another one, one at a time. `run-process.ts` starts it and sends it messages.
import { Crossing } from "../crossing/crossing.ts";
import { type RunJob, runJob } from "../doctor/trial/job.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

const crossing = new Crossing(1);
let current: AbortController | undefined;

const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message);
};

async function run(job: unknown): Promise<void> {
  const controller = new AbortController();
  current = controller;
  let reported = 0;
  try {
    const record = await runJob({
      ...(crossing.receive(job) as Pick<RunJob, "training" | "options">),
      signal: controller.signal,
      onProgress: (done) => {
        // one message per percent: nobody sees finer steps
        if (done - reported < 0.01) return;
        reported = done;
        send({ kind: "progress", done });
      },
    });
    send({ kind: "record", record: crossing.sendLoosely(record) });
  } catch (error) {
    send({ kind: "error", error: crossing.sendLoosely(error) });
  }
}

process.on("message", (message: ToWorker) => {
  if (message.kind === "abort") current?.abort();
  else void run(message.job);
});
// the parent decides when this process ends; Ctrl-C reaches all processes of a terminal at once
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
