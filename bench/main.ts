import { parseArgs } from "node:util";
import { GradusError } from "../src/core/errors.ts";
import { nearestName } from "../src/core/suggest.ts";
import { openBackend } from "../src/engine/select-backend.ts";
import { makeNode } from "../src/graph/build.ts";
import type { Node } from "../src/graph/node.ts";
import { type Backend, type BackendName, isSyncBackend } from "../src/runtime/backend.ts";
import { MachineProbe } from "./machine.ts";
import { comparePeers } from "./peers.ts";
import { measureProbes } from "./probes.ts";
import { measureSubnormals } from "./subnormals.ts";
import { time } from "./timing.ts";
import { type NetworkWorkload, noise, prepareNetwork, unavoidableTraffic, WORKLOADS } from "./workloads.ts";

const HELP = `npm run --silent bench -- [workload...] [options]

Times training steps and matrix products, and prints one JSON line for each:
  {"workload", "backend", "threads", "ms", "min_ms", "samples_per_s" | "gflops"}
ms is the median of up to 200 runs or 6 seconds. Close all other programs first.
dead-weights measures the cost of numbers below float32's normal range: "ratio" of a step after 1,500 steps in which most weights had no
gradient to one at the start, "forward_ratio" of weights at 1e-40 to weights at 0; both should be near 1.

Workloads: ${Object.keys(WORKLOADS).join(", ")}. Without names: all of them.

  --backend NAME   native, wasm or reference. Default: the fastest that runs here
  --threads N      default: one per core, at most 8
  --machine        prints first a line with the measured multiply-add peak of the backend and the copy bandwidth; products then report
                   their share of the peak, both measured in turn, and networks the least time that their arithmetic and unavoidable
                   memory traffic take (floor_ms)
  --first          times the first step, including tracing and compilation: {"workload", "first_step_ms"}
  --profile        reports where the time of a step goes, kernel by kernel, on one thread
  --peer COMMAND   a command that prints lines of the same form for the workload named in its last argument; runs our command and the
                   peer's in turn, --pairs times (default 5), each in a separate process; prints the ratio theirs / ours, median and
                   range, and on Linux the peak memory of both processes
  --probes         measures the cost of the doctor's default probes: runs with and without them in turn, --pairs times; medians and the
                   range of the pairs: {"workload", "ms", "probed_ms", "overhead", "range"}. Times count from the third step on, when
                   both programs are compiled; start_ms and probed_start_ms are the times of the first two steps
  --steps N        steps of such a run; default 1000
  --pairs N        number of pairs; default 5
  --json           accepted for symmetry: the output is always JSON
`;

interface Options {
  readonly backend: Backend;
  /** the peak with which a product is compared, measured in turn with it */
  readonly probe?: MachineProbe | undefined;
  readonly profile: boolean;
}

async function benchProduct(name: string, size: number, { backend, probe }: Options): Promise<object> {
  const [a, b] = ["a", "b"].map((input) =>
    makeNode("input", [], { name: input, shape: [size, size], dtype: "float32" }),
  ) as [Node<"input">, Node<"input">];
  const values = [a, b].map((_, index) => noise([size, size], index + 3));
  const states = values.map((value) => {
    const array = backend.allocate(value.shape, value.dtype);
    array.write(value);
    return array;
  });
  // the operands and the product stay on the backend, as weights do in training; one element comes back
  const product = makeNode("matmul", [a, b], {});
  const result = backend.allocate([size, size], "float32");
  const target = makeNode("input", [], { name: "c", shape: [size, size], dtype: "float32" });
  const graph = {
    inputs: [],
    states: [
      { input: a, next: a },
      { input: b, next: b },
      { input: target, next: product },
    ],
    outputs: [],
  };
  if (!isSyncBackend(backend))
    throw new GradusError("bad-argument", `${name}: only runs that end with the call are timed`);
  const executable = backend.compileNow(graph, [...states, result]);
  const gflops = (milliseconds: number) => (2 * size ** 3) / milliseconds / 1e6;
  if (probe === undefined) {
    const { median, least } = time(() => executable.run([]), { budgetMs: 2000 });
    return { ...line(name, backend, median, least), gflops: round(gflops(median)) };
  }
  // alternate the product and the peak, so that a drifting machine affects both alike
  const rounds = Array.from({ length: 15 }, () => {
    const { median } = time(() => executable.run([]), { budgetMs: 300, least: 5, warmup: 5 });
    return { ms: median, share: gflops(median) / probe.peakGflops() };
  });
  const sorted = (of: (round: { ms: number; share: number }) => number) => rounds.map(of).sort((a, b) => a - b);
  const [times, shares] = [sorted(({ ms }) => ms), sorted(({ share }) => share)];
  return {
    ...line(name, backend, times[7] as number, times[0] as number),
    gflops: round(gflops(times[7] as number)),
    share_of_peak: round(shares[7] as number),
    share_min: round(shares[0] as number),
    share_max: round(shares[14] as number),
  };
}

async function benchNetwork(name: keyof typeof WORKLOADS, { backend, probe, profile }: Options): Promise<object> {
  const workload = WORKLOADS[name];
  if (workload.kind !== "network") throw new GradusError("bad-argument", `${name} is not a network.`);
  const { run, step } = await prepareNetwork(workload, backend);
  const first = run();
  const { median, least } = time(run);
  if (run() === first)
    throw new GradusError("not-finite", `${name}: the loss did not change, so the network does not train.`);
  const result = {
    ...line(name, backend, median, least),
    samples_per_s: round((workload.batch / median) * 1e3),
    ...(probe ? floorOf(workload, probe, median, least) : {}),
  };
  return profile ? { ...result, kernels: profileOf(() => step.profile()) } : result;
}

/** The least time that the step's arithmetic at the measured peak and its unavoidable memory traffic take, and its share of the time. */
function floorOf(workload: NetworkWorkload, probe: MachineProbe, median: number, least: number): object {
  const { peakGflops, copyGbPerS } = probe.measure();
  const arithmetic = (2 * workload.multiplyAdds) / peakGflops / 1e6;
  const traffic = unavoidableTraffic(workload) / copyGbPerS / 1e6;
  const floor = arithmetic + traffic;
  return {
    floor_ms: round(floor),
    floor_arithmetic_ms: round(arithmetic),
    floor_traffic_ms: round(traffic),
    share_of_floor: round(floor / median),
    best_share_of_floor: round(floor / least),
  };
}

function line(workload: string, backend: Backend, ms: number, min: number): object {
  return { workload, backend: backend.name, threads: backend.threads, ms: round(ms), min_ms: round(min) };
}

/** Kernels by the time they take on one thread, the most expensive first; the median of seven rounds. */
function profileOf(profile: () => readonly { label: string; milliseconds: number }[]): object[] {
  const rounds = Array.from({ length: 7 }, () => {
    const sums = new Map<string, { ms: number; calls: number }>();
    for (const { label, milliseconds } of profile()) {
      const sum = sums.get(label) ?? { ms: 0, calls: 0 };
      sums.set(label, { ms: sum.ms + milliseconds, calls: sum.calls + 1 });
    }
    return sums;
  });
  const [first] = rounds as [Map<string, { ms: number; calls: number }>];
  return [...first]
    .map(([kernel, { calls }]) => {
      const times = rounds.map((sums) => sums.get(kernel)?.ms ?? 0).sort((a, b) => a - b);
      return { kernel, calls, ms: round(times[3] as number) };
    })
    .sort((a, b) => b.ms - a.ms);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

async function firstStep(
  name: keyof typeof WORKLOADS,
  options: { backend: BackendName | undefined; threads: number | undefined },
): Promise<object> {
  const workload = WORKLOADS[name];
  if (workload.kind !== "network") throw new GradusError("bad-argument", `${name} is not a network.`);
  const backend = await openBackend(options);
  const { run } = await prepareNetwork(workload, backend);
  const start = performance.now();
  run();
  return {
    workload: name,
    backend: backend.name,
    threads: backend.threads,
    first_step_ms: round(performance.now() - start),
  };
}

function print(result: object): void {
  console.log(JSON.stringify(result));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      backend: { type: "string" },
      threads: { type: "string" },
      machine: { type: "boolean", default: false },
      first: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      peer: { type: "string" },
      pairs: { type: "string", default: "5" },
      probes: { type: "boolean", default: false },
      steps: { type: "string", default: "1000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  for (const name of positionals) {
    if (Object.hasOwn(WORKLOADS, name)) continue;
    const nearest = nearestName(name, Object.keys(WORKLOADS));
    throw new GradusError(
      "bad-argument",
      `no workload "${name}"${nearest ? `; did you mean ${nearest}?` : "."} Known: ${Object.keys(WORKLOADS).join(", ")}.`,
    );
  }
  const chosen = {
    backend: values.backend as BackendName | undefined,
    threads: values.threads === undefined ? undefined : Number(values.threads),
  };
  const backend = await openBackend(chosen);
  const probed = backend.name === "wasm" || backend.name === "native" ? backend.name : undefined;
  if (values.machine && probed === undefined) {
    throw new GradusError("bad-argument", `--machine: cannot measure the ${backend.name} backend. Use native or wasm.`);
  }
  const probe = values.machine && probed ? new MachineProbe(probed, backend.threads) : undefined;
  if (probe) {
    const { peakGflops, copyGbPerS, threads } = probe.measure();
    print({ machine: backend.description, threads, peak_gflops: round(peakGflops), copy_gb_per_s: round(copyGbPerS) });
  }
  const names = (
    positionals.length > 0 || values.machine ? positionals : Object.keys(WORKLOADS)
  ) as (keyof typeof WORKLOADS)[];
  for (const name of names) {
    const workload = WORKLOADS[name];
    if (values.peer !== undefined) {
      const own = [
        ...process.execArgv,
        process.argv[1] as string,
        "--backend",
        backend.name,
        "--threads",
        String(backend.threads),
        name,
      ];
      print(await comparePeers(name, own, values.peer, Number(values.pairs)));
    } else if (values.first) print(await firstStep(name, chosen));
    else if (values.probes) {
      if (workload.kind !== "network") throw new GradusError("bad-argument", `--probes: ${name} is not a network.`);
      const { pairs, steps } = values;
      const cost = await measureProbes(workload, { backend, pairs: Number(pairs), steps: Number(steps) });
      print({ workload: name, backend: backend.name, threads: backend.threads, ...cost });
    } else if (workload.kind === "deadWeights")
      print({ workload: name, backend: backend.name, threads: backend.threads, ...(await measureSubnormals(backend)) });
    else if (workload.kind === "product")
      print(await benchProduct(name, workload.size, { backend, probe, profile: values.profile }));
    else print(await benchNetwork(name, { backend, probe, profile: values.profile }));
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? `bench: ${error.message}` : error);
  process.exitCode = 2;
}
