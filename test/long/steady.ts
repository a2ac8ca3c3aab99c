// A million training steps of a small network with the engine alone, twice: memory must not grow, steps must not slow down, every loss and
// weight must be a number, and the second run must give the same bits.
//   npm run test:long [-- --help]
import { createHash, type Hash } from "node:crypto";
import { parseArgs } from "node:util";
import type { HostArray } from "../../src/core/dtype.ts";
import { GradusError, requireArgument } from "../../src/core/errors.ts";
import { treeLeaves } from "../../src/core/tree.ts";
import { BACKEND_NAMES, type BackendOptions, openBackend } from "../../src/engine/select-backend.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { BATCHES, smallNetwork } from "./small-network.ts";

const STEPS = 1_000_000;
/** The least number of steps; fewer would cover only the start, when code is compiled. */
const LEAST_STEPS = 10_000;
const BLOCKS = 20;
/** The most memory, relative to that in the first tenth. */
const MOST_GROWTH = 1.05;
const LEAST_SPEED = 0.85;

const HELP = `npm run test:long -- [options]

  --backend NAME   auto (the fastest available) or one of ${BACKEND_NAMES.join(", ")}; default auto
  --steps N        steps per run, at least ${LEAST_STEPS}; default ${STEPS}
  --threads N      default: one per core, at most 8
  --help           this text

Exit status: 0 if all is steady, 1 if not, 2 for wrong arguments.`;

/** The measurements of one block, a twentieth of a run. */
interface Block {
  readonly step: number;
  readonly loss: number;
  readonly stepsPerSecond: number;
  readonly megabytes: number;
  /** of all losses so far; after the last block also of all weights, statistics and moments */
  readonly digest: string;
}

function addState(hash: Hash, leaves: readonly { readonly path: string; readonly leaf: HostArray }[]): void {
  for (const { path, leaf } of leaves) {
    if (leaf.dtype === "float32" && !leaf.data.every(Number.isFinite)) {
      throw new GradusError("not-finite", `${path} is not finite after the last step.`, { path });
    }
    hash.update(Float64Array.from(leaf.data));
  }
}

/** One run. Prints a line a block to the standard error. */
async function run(name: string, backend: Backend, steps: number): Promise<readonly Block[]> {
  const step = await smallNetwork(backend);
  const hash = createHash("sha256");
  const loss = new Float64Array(1);
  const blocks: Block[] = [];
  const ends = Array.from({ length: BLOCKS }, (_, index) => Math.round(((index + 1) * steps) / BLOCKS));
  let turn = 0;
  for (const end of ends) {
    const [first, start] = [turn, performance.now()];
    while (turn < end) {
      turn++;
      loss[0] = step.runSync(BATCHES[turn % BATCHES.length] as (typeof BATCHES)[number]).loss.data[0] as number;
      if (!Number.isFinite(loss[0])) throw new GradusError("not-finite", `the loss of step ${turn} is ${loss[0]}.`);
      hash.update(loss);
    }
    const stepsPerSecond = (1000 * (end - first)) / (performance.now() - start);
    if (end === steps) addState(hash, [...treeLeaves<HostArray>(await step.state.read())]);
    const block = {
      step: end,
      loss: loss[0] as number,
      stepsPerSecond,
      megabytes: process.memoryUsage.rss() / 2 ** 20,
      digest: hash.copy().digest("hex"),
    };
    blocks.push(block);
    console.error(
      `${name}: step ${end} of ${steps}, loss ${block.loss.toPrecision(3)}, ${Math.round(stepsPerSecond)} steps/s, ${block.megabytes.toFixed(1)} MiB`,
    );
  }
  step.dispose();
  step.state.dispose();
  return blocks;
}

function most(blocks: readonly Block[], measure: "stepsPerSecond" | "megabytes"): number {
  return Math.max(...blocks.map((block) => block[measure]));
}

/** The faults found. */
function faultsOf(first: readonly Block[], second: readonly Block[]): readonly string[] {
  const all = [...first, ...second];
  const tenth = all.length / 10;
  const [early, late] = [most(first.slice(0, BLOCKS / 10), "megabytes"), most(all.slice(-tenth), "megabytes")];
  const half = all.length / 2;
  // other work on the machine may slow down one block; growth would slow down every later one
  const [start, end] = [most(all.slice(0, half), "stepsPerSecond"), most(all.slice(half), "stepsPerSecond")];
  console.log(`memory: ${early.toFixed(1)} MiB in the first tenth, ${late.toFixed(1)} MiB in the last`);
  console.log(`steps/s: ${Math.round(start)} in the first run, ${Math.round(end)} in the second`);
  const apart = first.findIndex(({ digest }, index) => digest !== second[index]?.digest);
  if (apart < 0) console.log(`bits: the same in both runs, ${first.at(-1)?.digest.slice(0, 16)}`);
  return [
    ...(late <= MOST_GROWTH * early ? [] : [`memory grew by ${((late / early - 1) * 100).toFixed(1)} %`]),
    ...(end >= LEAST_SPEED * start ? [] : [`speed fell by ${((1 - end / start) * 100).toFixed(1)} %`]),
    ...(apart < 0 ? [] : [`the second run has other bits by step ${first[apart]?.step}`]),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      backend: { type: "string", default: "auto" },
      steps: { type: "string", default: String(STEPS) },
      threads: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const steps = Number(values.steps);
  requireArgument(
    Number.isInteger(steps) && steps >= LEAST_STEPS,
    `--steps must be a whole number >= ${LEAST_STEPS}, got ${values.steps}.`,
    { steps },
  );
  const backend = await openBackend({
    backend: values.backend as NonNullable<BackendOptions["backend"]>,
    threads: values.threads === undefined ? undefined : Number(values.threads),
  });
  console.log(`${backend.name}: ${backend.description}; ${steps} steps, twice`);
  const faults = faultsOf(await run("first run", backend, steps), await run("second run", backend, steps));
  backend.dispose();
  for (const fault of faults) console.error(`FAILED: ${fault}`);
  return faults.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`test:long: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof GradusError && error.code === "not-finite" ? 1 : 2;
}
