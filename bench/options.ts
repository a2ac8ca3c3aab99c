import { parseArgs } from "node:util";
import { GradusError } from "../src/core/errors.ts";
import { nearestName } from "../src/core/suggest.ts";
import type { BackendName } from "../src/runtime/backend.ts";
import { WORKLOADS } from "./workloads.ts";

export const HELP = `npm run --silent bench -- [workload...] [options]

Times training steps and matrix products, and prints one JSON line for each:
  {"workload", "backend", "threads", "ms", "min_ms", "samples_per_s" | "gflops"}
ms is the median of up to 200 runs or 6 seconds. Close all other programs first.
dead-weights measures the cost of numbers below float32's normal range: "ratio" of a step after 1,500 steps in which most weights had no
gradient to one at the start, "forward_ratio" of weights at 1e-40 to weights at 0; both should be near 1.

Workloads: ${Object.keys(WORKLOADS).join(", ")}. Without names: all of them.

  --backend NAME   native, wasm or reference. Default: the fastest that runs here
  --threads N      default: one per core, at most 8
  --budget SECONDS time for the runs of a workload; default 6
  --machine        prints first a line with the measured multiply-add peak of the backend and the copy bandwidth; products then report
                   their share of the peak, both measured in turn, and networks the least time that their arithmetic and unavoidable
                   memory traffic take (floor_ms)
  --first          times the first step, including tracing and compilation: {"workload", "first_step_ms"}
  --profile        reports where the time of a step goes, kernel by kernel, on one thread
  --probes         measures the cost of the doctor's default probes: runs with and without them in turn, --pairs times; medians and the
                   range of the pairs: {"workload", "ms", "probed_ms", "overhead", "range"}. Times count from the third step on, when
                   both programs are compiled; start_ms and probed_start_ms are the times of the first two steps
  --steps N        steps of such a run; default 1000
  --cliffs         times the three products of a linear layer for widths that tiles divide and their neighbours, and batches of 1 to 500:
                   for each product and batch the time per multiply-add by width, and the largest ratio of neighbouring widths
  --peer COMMAND   a command that prints lines of the same form for the workload named in its last argument; runs our command and the
                   peer's in turn, --pairs times, each in a separate process; prints the ratio theirs / ours, median and range, and on
                   Linux the peak memory of both processes

Comparisons whose tables the README shows. Each process runs alone, in turn with the others, --pairs times (default 5). A JSON line for
each workload holds what was measured; the table follows as Markdown; progress goes to the standard error.

  --compare        PyTorch in all its forms: eager, compiled with the fused Adam, each also with the memory of large arrays kept from
                   step to step. The first round runs all of them, later ones those within 1.3 of the best; the form with the best
                   median counts. "ratio" is theirs / ours. One process takes about 10 s, compiling for the first time a minute
  --python PATH    a Python that has PyTorch; default python3
  --predict        onnxruntime-node: latency of one sample, throughput of 256 at once, on the same networks with the same weights;
                   fails if the outputs differ by more than 1e-4
  --onnx FOLDER    where it is installed: (mkdir FOLDER; cd FOLDER; npm init -y; npm install --ignore-scripts onnxruntime-node)
  --wasm           WebAssembly and machine code of 256-bit vectors: "ratio" is the first over the second
  --from FILE      goes on from the lines that earlier runs printed into FILE; --pairs 0 only shows their table
  --write          writes the table into the README, in the place of this kind of processor
  --json           accepted for symmetry: the output is always JSON
`;

/** A kind of measurement; the first that is asked for counts. */
export const MODES = ["compare", "predict", "wasm", "cliffs", "peer", "first", "probes"] as const;
export type Mode = (typeof MODES)[number] | "steps";

export interface BenchOptions {
  readonly mode: Mode;
  readonly help: boolean;
  readonly workloads: readonly (keyof typeof WORKLOADS)[];
  readonly backend: BackendName | undefined;
  readonly threads: number | undefined;
  /** seconds */
  readonly budget: number;
  readonly pairs: number;
  readonly steps: number;
  readonly machine: boolean;
  readonly profile: boolean;
  readonly peer: string;
  readonly python: string;
  readonly onnx: string | undefined;
  readonly from: string | undefined;
  readonly write: boolean;
}

/** @throws GradusError `bad-argument` for an unknown workload, with the nearest name, or a number that is none; `unknown-field` for an
 *    unknown option. */
export function readOptions(given: readonly string[]): BenchOptions {
  const { values, positionals } = parse(given);
  for (const name of positionals) requireWorkload(name);
  return {
    mode: MODES.find((mode) => values[mode] !== undefined && values[mode] !== false) ?? "steps",
    help: values.help,
    workloads: positionals as (keyof typeof WORKLOADS)[],
    backend: values.backend as BackendName | undefined,
    threads: values.threads === undefined ? undefined : numberOf("threads", values.threads, 1),
    budget: numberOf("budget", values.budget, 0),
    pairs: numberOf("pairs", values.pairs, 0),
    steps: numberOf("steps", values.steps, 1),
    machine: values.machine,
    profile: values.profile,
    peer: values.peer ?? "",
    python: values.python,
    onnx: values.onnx,
    from: values.from,
    write: values.write,
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        backend: { type: "string" },
        threads: { type: "string" },
        budget: { type: "string", default: "6" },
        machine: { type: "boolean", default: false },
        first: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
        peer: { type: "string" },
        pairs: { type: "string", default: "5" },
        probes: { type: "boolean", default: false },
        cliffs: { type: "boolean", default: false },
        steps: { type: "string", default: "1000" },
        compare: { type: "boolean", default: false },
        python: { type: "string", default: "python3" },
        predict: { type: "boolean", default: false },
        onnx: { type: "string" },
        wasm: { type: "boolean", default: false },
        from: { type: "string" },
        write: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new GradusError("unknown-field", `${(error as Error).message} See --help.`);
  }
}

function requireWorkload(name: string): void {
  if (Object.hasOwn(WORKLOADS, name)) return;
  const nearest = nearestName(name, Object.keys(WORKLOADS));
  throw new GradusError(
    "bad-argument",
    `no workload "${name}"${nearest ? `; did you mean ${nearest}?` : "."} Known: ${Object.keys(WORKLOADS).join(", ")}.`,
    { name },
  );
}

function numberOf(option: string, given: string, least: number): number {
  const value = Number(given);
  const isWhole = option === "budget" || Number.isSafeInteger(value);
  if (given.trim() !== "" && isWhole && value >= least && Number.isFinite(value)) return value;
  throw new GradusError("bad-argument", `--${option}: expected a number of at least ${least}, got "${given}".`, {
    given,
  });
}
