// What it costs to record a run: pairs of runs with and without, in turn.
//   node --import tsx bench/logging.ts [mlp-20x100] [--pairs 9] [--steps 4000] [--kind steps] [--kind all]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Dataset } from "../src/data/dataset.ts";
import { openBackend } from "../src/engine/select-backend.ts";
import { createModel, type Model } from "../src/nn/model.ts";
import { createRun } from "../src/runs/create-run.ts";
import { openRun } from "../src/runs/open-run.ts";
import { recordRun } from "../src/runs/record-run.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { fit } from "../src/train/fit.ts";
import { lossOf, type NetworkWorkload, noiseSamples, WORKLOADS } from "./workloads.ts";

const STEPS_PER_EPOCH = 100;

/** Two programs are compiled before them: the step's and the readings'. */
const STARTING_STEPS = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: "string", default: "9" },
    steps: { type: "string", default: "4000" },
    threads: { type: "string", default: "1" },
    // without and with readings of the layers
    kind: { type: "string", multiple: true, default: ["steps", "all"] },
  },
});
const name = positionals[0] ?? "mlp-20x100";
const workload = (WORKLOADS as Readonly<Record<string, { readonly kind: string }>>)[name];
if (workload?.kind !== "network") throw new Error(`${name} is not a network of bench/workloads.ts`);
const measured = workload as NetworkWorkload;
const { inputShape, layers, clip } = measured;
const steps = Number(values.steps);
const model = createModel({ inputShape, layers });
const data = noiseSamples(measured, Math.min(steps, STEPS_PER_EPOCH) * measured.batch);
const backend = await openBackend({ threads: Number(values.threads) });

/** Microseconds of processor time and of the clock for a step, after the first ones; the readings and bytes that were recorded. */
interface Cost {
  readonly processor: number;
  readonly clock: number;
  readonly readings: number;
  readonly bytes: number;
}

async function run(kind: "plain" | "steps" | "all"): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), "gradus-logging-"));
  try {
    return await train(kind, folder, model, data, backend);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function train(
  kind: "plain" | "steps" | "all",
  folder: string,
  network: Model,
  samplesOf: Dataset,
  on: Backend,
): Promise<Cost> {
  const writer =
    kind === "plain" ? undefined : createRun(join(folder, "run"), { name, settings: null, model: network });
  const recorder = writer && recordRun(writer, network, { readings: kind === "all" });
  let started = { processor: process.cpuUsage(), clock: performance.now() };
  // a run with readings counts from its first reading on, which compiles
  let from = 0;
  let done = 0;
  await fit(network, {
    data: samplesOf,
    loss: lossOf(measured.task),
    optimizer: { type: "adam", learningRate: 1e-3 },
    clip: clip === undefined ? undefined : { type: "globalNorm", maxNorm: clip },
    batchSize: measured.batch,
    epochs: Math.ceil(steps / STEPS_PER_EPOCH),
    backend: on,
    seed: 1,
    probe: recorder?.probe,
    onEvent: (event) => {
      recorder?.onEvent(event);
      if (event.type !== "stepEnded") return undefined;
      const isFirstReading = event.measures !== undefined && from <= STARTING_STEPS;
      if (event.step === STARTING_STEPS || isFirstReading) {
        from = event.step;
        started = { processor: process.cpuUsage(), clock: performance.now() };
      }
      done = event.step;
      return event.step >= steps ? "stop" : undefined;
    },
  });
  const used = process.cpuUsage(started.processor);
  const elapsed = performance.now() - started.clock;
  writer?.close();
  const read = writer && openRun(writer.folder);
  return {
    processor: (used.user + used.system) / (done - from),
    clock: (1000 * elapsed) / (done - from),
    readings: read?.toRecord().readings.length ?? 0,
    bytes: read === undefined ? 0 : [...read.measures.values()].reduce((sum, { length }) => sum + 8 * length, 0),
  };
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

console.log(`${name}, ${backend.description}, ${steps} steps`);
for (const kind of (["steps", "all"] as const).filter((each) => values.kind.includes(each))) {
  const pairs: (readonly [Cost, Cost])[] = [];
  for (let pair = 0; pair <= Number(values.pairs); pair++) {
    const order = pair % 2 === 0 ? (["plain", kind] as const) : ([kind, "plain"] as const);
    const first = await run(order[0]);
    const second = await run(order[1]);
    // the first pair warms up
    if (pair > 0) pairs.push(order[0] === "plain" ? [first, second] : [second, first]);
  }
  for (const measure of ["processor", "clock"] as const) {
    const shares = pairs.map(([plain, recorded]) => recorded[measure] / plain[measure] - 1).sort((a, b) => a - b);
    const [low = Number.NaN, high = Number.NaN] = [shares[0], shares.at(-1)];
    console.log(
      `  ${kind === "all" ? "with readings" : "steps alone"}, ${measure}: ${percent(median(shares))} (${percent(low)} to ${percent(high)}, ${pairs.length} pairs); ` +
        `a step ${median(pairs.map(([plain]) => plain[measure])).toFixed(0)} µs; readings ${median(pairs.map(([, { readings }]) => readings))}`,
    );
  }
}
