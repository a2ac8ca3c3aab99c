import { median, round, sorted } from "../numbers.ts";
import type { CallTimes } from "./calls.ts";

export const SIDES = ["ours", "onnx"] as const;
export type Side = (typeof SIDES)[number];

/** What one process printed. */
export interface Process {
  readonly side: Side;
  readonly version: string;
  readonly threads: number;
  readonly times: readonly CallTimes[];
}

/** Both libraries on every number of threads, one after the other. */
export interface Pair {
  readonly processes: readonly Process[];
  readonly busy: number;
}

/** One library with one number of rows, on the number of threads that suits it best. */
interface SideResult {
  readonly threads: number;
  readonly ms: number;
  readonly p99_ms: number;
  readonly min_ms: number;
  readonly samples_per_s: number;
}

interface RowsResult {
  readonly rows: number;
  readonly ours: SideResult;
  readonly theirs: SideResult;
  /** their median over ours in each pair, above 1 if ours is faster: median and range */
  readonly ratio: number;
  readonly ratio_min: number;
  readonly ratio_max: number;
}

/** The line of a workload. */
export interface PredictLine {
  readonly workload: string;
  readonly processor: string;
  readonly peer: string;
  readonly pairs: number;
  readonly busy: number;
  readonly results: readonly RowsResult[];
}

/** Each side counts with its better number of threads, by the median of its medians. */
export function summarize(workload: string, processor: string, rounds: readonly Pair[]): PredictLine {
  const processes = rounds.flatMap((pair) => pair.processes);
  const rows = processes[0]?.times.map((times) => times.rows) ?? [];
  return {
    workload,
    processor,
    peer: processes.find(({ side }) => side === "onnx")?.version ?? "",
    pairs: rounds.length,
    busy: round(Math.max(...rounds.map(({ busy }) => busy))),
    results: rows.map((count) => resultOf(count, rounds)),
  };
}

function resultOf(rows: number, rounds: readonly Pair[]): RowsResult {
  const [ours, theirs] = SIDES.map((side) => bestThreads(side, rows, rounds)) as [SideResult, SideResult];
  const ratios = sorted(
    rounds.map((pair) => timesIn(pair, "onnx", theirs.threads, rows).ms / timesIn(pair, "ours", ours.threads, rows).ms),
  );
  return {
    ...{ rows, ours, theirs },
    ratio: round(median(ratios)),
    ratio_min: round(ratios[0] as number),
    ratio_max: round(ratios.at(-1) as number),
  };
}

function bestThreads(side: Side, rows: number, rounds: readonly Pair[]): SideResult {
  const counts = new Set(rounds.flatMap(({ processes }) => processes.map(({ threads }) => threads)));
  const results = [...counts].map((threads) => {
    const all = rounds.map((pair) => timesIn(pair, side, threads, rows));
    const ms = median(all.map((times) => times.ms));
    return {
      threads,
      ms: round(ms),
      p99_ms: round(median(all.map((times) => times.p99_ms))),
      min_ms: round(Math.min(...all.map((times) => times.min_ms))),
      samples_per_s: round((rows / ms) * 1e3),
    };
  });
  return results.reduce((best, each) => (each.ms < best.ms ? each : best));
}

function timesIn({ processes }: Pair, side: Side, threads: number, rows: number): CallTimes {
  const found = processes.find((each) => each.side === side && each.threads === threads);
  return found?.times.find((times) => times.rows === rows) as CallTimes;
}
