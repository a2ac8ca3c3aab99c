import { GradusError } from "../src/core/errors.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { lineOf } from "./line.ts";
import type { MachineLimits, MachineProbe } from "./machine.ts";
import { median, round } from "./numbers.ts";
import { time } from "./timing.ts";
import { type NetworkWorkload, prepareNetwork, unavoidableTraffic } from "./workloads.ts";

export interface NetworkTimes {
  readonly probe: MachineProbe | undefined;
  readonly profile: boolean;
  readonly budgetMs: number;
}

/** Times training steps. The first one, which traces and compiles, is timed alone. */
export async function benchNetwork(
  name: string,
  workload: NetworkWorkload,
  backend: Backend,
  { probe, profile, budgetMs }: NetworkTimes,
): Promise<object> {
  const { run, step } = await prepareNetwork(workload, backend);
  const { loss, ms } = firstOf(run);
  const timing = time(run, { budgetMs });
  if (run() === loss)
    throw new GradusError("not-finite", `${name}: the loss did not change, so the network does not train.`);
  const limits = probe?.measure();
  return {
    ...lineOf(name, backend, timing),
    first_step_ms: round(ms),
    samples_per_s: round((workload.batch / timing.median) * 1e3),
    first_loss: round(loss),
    ...(limits ? { ...floorLine(workload, limits), ...sharesOf(floorOf(workload, limits).whole, timing) } : {}),
    ...(profile ? { kernels: profileOf(() => step.profile()) } : {}),
  };
}

/** The time of the first step alone. */
export async function firstStep(name: string, workload: NetworkWorkload, backend: Backend): Promise<object> {
  const { run } = await prepareNetwork(workload, backend);
  const { ms } = firstOf(run);
  return { workload: name, backend: backend.name, threads: backend.threads, first_step_ms: round(ms) };
}

function firstOf(run: () => number): { readonly loss: number; readonly ms: number } {
  const start = performance.now();
  const loss = run();
  return { loss, ms: performance.now() - start };
}

/** Milliseconds below which no step can be. */
interface Floor {
  /** the step's arithmetic at the measured peak */
  readonly arithmetic: number;
  /** its unavoidable memory traffic at the measured bandwidth */
  readonly traffic: number;
  readonly whole: number;
}

export function floorOf(
  workload: Pick<NetworkWorkload, "multiplyAdds" | "weights">,
  { peakGflops, copyGbPerS }: Pick<MachineLimits, "peakGflops" | "copyGbPerS">,
): Floor {
  const arithmetic = (2 * workload.multiplyAdds) / peakGflops / 1e6;
  const traffic = unavoidableTraffic(workload) / copyGbPerS / 1e6;
  return { arithmetic, traffic, whole: arithmetic + traffic };
}

function floorLine(workload: NetworkWorkload, limits: MachineLimits): object {
  const { arithmetic, traffic, whole } = floorOf(workload, limits);
  return { floor_ms: round(whole), floor_arithmetic_ms: round(arithmetic), floor_traffic_ms: round(traffic) };
}

function sharesOf(floor: number, timing: { readonly median: number; readonly least: number }): object {
  return { share_of_floor: round(floor / timing.median), best_share_of_floor: round(floor / timing.least) };
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
    .map(([kernel, { calls }]) => ({ kernel, calls, ms: round(median(rounds.map((s) => s.get(kernel)?.ms ?? 0))) }))
    .sort((a, b) => b.ms - a.ms);
}
