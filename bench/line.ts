import { readFileSync } from "node:fs";
import { GradusError } from "../src/core/errors.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { jsonLines } from "./child.ts";
import { round } from "./numbers.ts";
import type { Timing } from "./timing.ts";

/** What every line says about a workload. */
export function lineOf(workload: string, backend: Backend, { median, least }: Pick<Timing, "median" | "least">) {
  return { workload, backend: backend.name, threads: backend.threads, ms: round(median), min_ms: round(least) };
}

/** One JSON line on the standard output. */
export function print(result: object): void {
  console.log(JSON.stringify(result));
}

/** The JSON lines of a file that earlier measurements printed; anything else in it is skipped.
 *  @throws GradusError `file-not-found` if it cannot be read. */
export function earlierLines(path: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    return jsonLines(readFileSync(path, "utf8"));
  } catch (error) {
    throw new GradusError("file-not-found", `--from: ${path} cannot be read: ${(error as Error).message}`, { path });
  }
}

/** Lines by workload, in the given order of workloads: of several of one workload the last. */
export function lastOfEach<Line extends { readonly workload: string }>(
  lines: readonly Line[],
  order: readonly string[],
): readonly Line[] {
  const last = new Map(lines.map((line) => [line.workload, line]));
  return order.flatMap((name) => last.get(name) ?? []);
}
