import { GradusError } from "../src/core/errors.ts";
import { openBackend } from "../src/engine/select-backend.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { ourselves } from "./child.ts";
import { print } from "./line.ts";
import { MachineProbe } from "./machine.ts";
import { benchNetwork, firstStep } from "./network.ts";
import { round } from "./numbers.ts";
import { type BenchOptions, HELP, type Mode, readOptions } from "./options.ts";
import { comparePeers } from "./peers.ts";
import { measureProbes } from "./probes.ts";
import { benchProduct } from "./product.ts";
import { measureSubnormals } from "./subnormals.ts";
import { type NetworkWorkload, WORKLOADS } from "./workloads.ts";

type Name = keyof typeof WORKLOADS;

/** Modes that open a backend in this process, and go through the workloads one by one. */
const BY_WORKLOAD: { readonly [M in Exclude<Mode, "compare" | "predict" | "wasm" | "cliffs">]: Measure } = {
  steps: (name, backend, options) => benchWorkload(name, backend, options),
  first: async (name, _, options) => firstStep(name, networkOf(name, "--first"), await openBackend(chosen(options))),
  probes: async (name, backend, { pairs, steps }) => ({
    ...{ workload: name, backend: backend.name, threads: backend.threads },
    ...(await measureProbes(networkOf(name, "--probes"), { backend, pairs, steps })),
  }),
  peer: (name, { name: backend, threads }, { peer, pairs }) =>
    comparePeers(name, ourselves(["--backend", backend, "--threads", String(threads), name]), peer, pairs),
};

type Measure = (name: Name, backend: Backend, options: Probed) => Promise<object>;

interface Probed extends BenchOptions {
  readonly probe: MachineProbe | undefined;
}

async function benchWorkload(name: Name, backend: Backend, { probe, profile, budget }: Probed): Promise<object> {
  const workload = WORKLOADS[name];
  if (workload.kind === "network")
    return benchNetwork(name, workload, backend, { probe, profile, budgetMs: budget * 1e3 });
  if (workload.kind === "product") return benchProduct(name, workload, backend, probe);
  return { workload: name, backend: backend.name, threads: backend.threads, ...(await measureSubnormals(backend)) };
}

function networkOf(name: Name, option: string): NetworkWorkload {
  const workload = WORKLOADS[name];
  if (workload.kind === "network") return workload;
  throw new GradusError("bad-argument", `${option}: ${name} is not a network.`, { name });
}

/** Measures the machine, prints its limits, and keeps the probe for what is compared with it. */
function probeMachine(backend: Backend): MachineProbe {
  if (backend.name !== "wasm" && backend.name !== "native") {
    throw new GradusError("bad-argument", `--machine: cannot measure the ${backend.name} backend. Use native or wasm.`);
  }
  const probe = new MachineProbe(backend.name, backend.threads);
  const { peakGflops, copyGbPerS, threads } = probe.measure();
  print({
    ...{ machine: backend.description, backend: backend.name, threads },
    ...{ peak_gflops: round(peakGflops), copy_gb_per_s: round(copyGbPerS) },
  });
  return probe;
}

const chosen = ({ backend, threads }: BenchOptions) => ({ backend, threads });

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const { mode, workloads, pairs, python, onnx, budget, from, write } = options;
  if (options.help) {
    console.log(HELP);
    return;
  }
  const backend = await openBackend(chosen(options));
  const common = { workloads, pairs, budget, from, write, backend: backend.name, threads: backend.threads };
  if (mode === "compare") {
    const { compare } = await import("./compare/mode.ts");
    return compare({ ...common, python, description: backend.description });
  }
  if (mode === "predict") {
    const { predictMode } = await import("./predict/mode.ts");
    return predictMode({ ...common, onnx });
  }
  if (mode === "wasm") {
    const { compareWasm } = await import("./wasm.ts");
    return compareWasm(common);
  }
  if (mode === "cliffs") {
    const { measureCliffs } = await import("./cliffs.ts");
    for (const line of measureCliffs(backend)) print(line);
    return;
  }
  const probe = options.machine ? probeMachine(backend) : undefined;
  const names = workloads.length > 0 || options.machine ? workloads : (Object.keys(WORKLOADS) as Name[]);
  for (const name of names) print(await BY_WORKLOAD[mode](name, backend, { ...options, probe }));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? `bench: ${error.message}` : error);
  process.exitCode = 2;
}
