import { GradusError } from "../../src/core/errors.ts";
import type { Figure } from "../child.ts";
import { floorOf } from "../network.ts";
import { median, round, sorted } from "../numbers.ts";
import { WORKLOADS } from "../workloads.ts";
import { bestForm, type Comparison, type Round } from "./comparison.ts";
import type { FormName } from "./torch.ts";

/** What a comparison says. Times in milliseconds, memory in MiB. */
export interface Summary {
  readonly workload: string;
  /** number of rounds */
  readonly pairs: number;
  readonly ms: number;
  /** the best single step of all rounds */
  readonly min_ms: number;
  /** the peer's best form */
  readonly peer: FormName;
  readonly peer_ms: number;
  readonly peer_min_ms: number;
  /** theirs over ours in each round, above 1 if ours is faster: median and range */
  readonly ratio: number;
  readonly ratio_min: number;
  readonly ratio_max: number;
  /** the peer's best step over ours */
  readonly best_ratio: number;
  /** largest share of the cores that other programs used before a round */
  readonly busy: number;
  /** median over the rounds */
  readonly floor_ms: number;
  readonly share_of_floor: number;
  readonly best_share_of_floor: number;
  readonly gflops?: number;
  readonly peer_gflops?: number;
  readonly first_step_ms?: number;
  readonly peak_mb?: number;
  readonly peer_peak_mb?: number;
}

/** @throws GradusError `bad-data` without a round in which both sides took part. */
export function summarize(comparison: Comparison): Summary {
  const { workload } = comparison;
  const peer = bestForm(comparison);
  if (peer === undefined) {
    const reasons = Object.entries(comparison.failed).map(([form, reason]) => `${form}: ${reason}`);
    throw new GradusError("bad-data", `${workload}: no form of PyTorch ran. ${reasons.join("; ")}`, { workload });
  }
  const rounds = comparison.rounds.filter((each) => each.peers[peer] !== undefined);
  const ours = rounds.map((each) => each.ours);
  const theirs = rounds.map((each) => each.peers[peer] as Figure);
  const ratios = sorted(ours.map(({ ms }, at) => (theirs[at] as Figure).ms / ms));
  const floors = rounds.map((each) => floorIn(workload, each));
  const typical = (figures: readonly Figure[], name: "ms" | "first_step_ms" | "gflops") =>
    round(median(figures.map((figure) => figure[name] ?? Number.NaN)));
  const least = (figures: readonly Figure[]) => round(Math.min(...figures.map(({ min_ms }) => min_ms)));
  const most = (figures: readonly Figure[]) => Math.max(...figures.map(({ peak_mb = 0 }) => peak_mb));
  return {
    workload,
    pairs: rounds.length,
    ms: typical(ours, "ms"),
    min_ms: least(ours),
    peer,
    peer_ms: typical(theirs, "ms"),
    peer_min_ms: least(theirs),
    ratio: round(median(ratios)),
    ratio_min: round(ratios[0] as number),
    ratio_max: round(ratios.at(-1) as number),
    best_ratio: round(least(theirs) / least(ours)),
    busy: round(Math.max(...rounds.map((each) => each.busy))),
    floor_ms: round(median(floors)),
    // a product's own process measures it and the peak by turns, which is closer
    share_of_floor: round(median(ours.map((each, at) => each.share_of_peak ?? (floors[at] as number) / each.ms))),
    best_share_of_floor: round(median(floors) / least(ours)),
    ...(isProduct(workload)
      ? { gflops: typical(ours, "gflops"), peer_gflops: typical(theirs, "gflops") }
      : { first_step_ms: typical(ours, "first_step_ms"), peak_mb: most(ours), peer_peak_mb: most(theirs) }),
  };
}

export function isProduct(workload: string): boolean {
  return WORKLOADS[workload as keyof typeof WORKLOADS].kind === "product";
}

function floorIn(name: string, { machine }: Round): number {
  const workload = WORKLOADS[name as keyof typeof WORKLOADS];
  const limits = { peakGflops: machine.peak_gflops, copyGbPerS: machine.copy_gb_per_s };
  if (workload.kind === "network") return floorOf(workload, limits).whole;
  const size = workload.kind === "product" ? workload.size : 0;
  return floorOf({ multiplyAdds: size ** 3, weights: 0 }, limits).whole;
}
