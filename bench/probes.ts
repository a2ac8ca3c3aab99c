import type { Dataset } from "../src/data/dataset.ts";
import { createModel } from "../src/nn/model.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { fit } from "../src/train/fit.ts";
import type { FitOptions } from "../src/train/options.ts";
import { createLayerProbe } from "../src/watch/probes/layer-probe.ts";
import { median, round, sorted } from "./numbers.ts";
import { lossOf, type NetworkWorkload, noiseSamples } from "./workloads.ts";

const STEPS_PER_EPOCH = 100;
const WARMUP_STEPS = 20;

/** Steps after which both programs are compiled: the first step is probed, the second is not. */
const STARTING_STEPS = 2;

/** Cost of the default probes: runs with and without them, in turn. */
export interface ProbeCost {
  /** Time of a run from its third step on. */
  readonly ms: number;
  readonly probed_ms: number;
  /** Time of the first two steps, in which a probed run of any length compiles a second program, once. */
  readonly start_ms: number;
  readonly probed_start_ms: number;
  /** Median over the pairs of  probed / plain - 1. */
  readonly overhead: number;
  readonly range: readonly [number, number];
  readonly pairs: number;
  readonly steps: number;
}

/** Trains on noise: the times do not depend on what is learned.
 *  @param pairs number of pairs of a plain and a probed run; the order alternates. */
export async function measureProbes(
  workload: NetworkWorkload,
  { backend, pairs, steps }: { readonly backend: Backend; readonly pairs: number; readonly steps: number },
): Promise<ProbeCost> {
  const stepsPerEpoch = Math.min(steps, STEPS_PER_EPOCH);
  const data = noiseSamples(workload, stepsPerEpoch * workload.batch);
  const run = (isProbed: boolean, count: number) => timeRun(workload, data, backend, isProbed, count);
  for (const isProbed of [false, true]) await run(isProbed, Math.min(steps, WARMUP_STEPS));
  const results: { readonly plain: RunTime; readonly probed: RunTime }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const first = await run(pair % 2 === 1, steps);
    const second = await run(pair % 2 === 0, steps);
    results.push(pair % 2 === 0 ? { plain: first, probed: second } : { plain: second, probed: first });
  }
  const overheads = sorted(results.map(({ plain, probed }) => probed.rest / plain.rest - 1));
  return {
    ms: typical(results.map(({ plain }) => plain.rest)),
    probed_ms: typical(results.map(({ probed }) => probed.rest)),
    start_ms: typical(results.map(({ plain }) => plain.start)),
    probed_start_ms: typical(results.map(({ probed }) => probed.start)),
    overhead: typical(overheads),
    range: [round(overheads[0] as number), round(overheads.at(-1) as number)],
    pairs,
    steps,
  };
}

/** Milliseconds of the first steps of a run, and of the rest. */
interface RunTime {
  readonly start: number;
  readonly rest: number;
}

/** One run of the given number of steps. */
async function timeRun(
  { inputShape, layers, clip, batch, task }: NetworkWorkload,
  data: Dataset,
  backend: Backend,
  isProbed: boolean,
  steps: number,
): Promise<RunTime> {
  const model = createModel({ inputShape, layers });
  const options: FitOptions = {
    data,
    loss: lossOf(task),
    optimizer: { type: "adam", learningRate: 1e-3 },
    clip: clip === undefined ? undefined : { type: "globalNorm", maxNorm: clip },
    batchSize: batch,
    epochs: Math.ceil(steps / (data.length / batch)),
    backend,
    seed: 1,
    onEvent: (event) => {
      if (event.type !== "stepEnded") return undefined;
      if (event.step === STARTING_STEPS) started = performance.now();
      return event.step >= steps ? "stop" : undefined;
    },
    ...(isProbed ? { probe: createLayerProbe(model) } : {}),
  };
  const before = performance.now();
  let started = before;
  await fit(model, options);
  return { start: started - before, rest: performance.now() - started };
}

function typical(values: readonly number[]): number {
  return round(median(values));
}
