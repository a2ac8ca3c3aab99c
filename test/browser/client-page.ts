// Bundled for a page: uses an engine as a user would, and tells what it met in `globalThis.trainings`.
import { GradusError } from "../../src/core/errors.ts";
import { connect, type PageEngine } from "../../src/page.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { data, model, options, timeless } from "./client-trainings.ts";

const open = (threads: number): Promise<PageEngine> => {
  const WorkerOfPage = (globalThis as unknown as { Worker: new (url: string, options: object) => never }).Worker;
  return connect(new WorkerOfPage("./client-worker.js", { type: "module" }), { threads });
};

/** What an error carries. */
const met = (error: unknown) => {
  if (!(error instanceof GradusError)) return { code: String(error) };
  const { code, values } = error;
  return { code, layer: values.layer, step: values.step, hasWeights: values.state !== undefined };
};

async function use(engine: PageEngine) {
  const run = engine.fit(model, options);
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(timeless(event));
  const { state } = await run.result;
  const { mean } = await engine.predict(model, state, data.validation);
  const endless = { ...options, epochs: 1_000_000 };

  const controller = new AbortController();
  const aborted = engine.fit(model, { ...endless, signal: controller.signal });
  for await (const event of aborted) if (event.type === "stepEnded" && event.step === 10) controller.abort();

  const left = engine.fit(model, endless);
  for await (const event of left) if (event.type === "epochEnded") break;

  // a reader who stops reading: the steps that are trained meanwhile
  const slow = engine.fit(model, endless);
  const reader = slow[Symbol.asyncIterator]();
  await reader.next();
  const waiting: number[] = [];
  for (const wait of [600, 600]) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    waiting.push((await engine.predict(model, state, [[0, 0]])).mean.data.length);
  }
  slow.stop();
  const { steps } = await slow.result;

  const sick = engine.fit(model, { ...options, optimizer: { type: "sgd", learningRate: 1e30 } });
  const unknown = engine.fit(model, { ...options, epoch: 1 } as never);
  const refused = engine.fit(model, { ...options, probe: { isDue: () => true, measure: () => ({}) } } as never);
  const report = {
    threads: engine.threads,
    description: engine.description,
    events,
    outputs: [...mean.data],
    aborted: (await aborted.result).reason,
    left: (await left.result).reason,
    paused: steps,
    sick: met(await sick.result.catch((error: unknown) => error)),
    unknown: met(await unknown.result.catch((error: unknown) => error)),
    refused: met(await refused.result.catch((error: unknown) => error)),
    disposed: "",
  };
  const last = engine.fit(model, endless);
  const { result } = last;
  setTimeout(() => engine.dispose(), 50);
  report.disposed = met(await result.catch((error: unknown) => error)).code;
  return report;
}

export type ClientReport = Awaited<ReturnType<typeof use>>;

(globalThis as unknown as { trainings: unknown }).trainings = open(2).then(use);
