// What the dashboard's server costs:   node --import tsx bench/dashboard.ts [open|live|events|thin ...]
//   open    100 runs x 10 measures x 10,000 steps, from the start of the program to the first curves
//   live    50 runs that are written while a page watches them
//   events  an event file of TensorBoard of 150 MB
//   thin    one series of 10 million points
// Prints one line of JSON for each.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { thin } from "../src/dashboard/series/thin.ts";
import { makeEvents, makeRuns } from "./dashboard/make-runs.ts";
import { measureLive, measureOpening, type Opening } from "./dashboard/measure.ts";
import { bundleServer } from "./dashboard/serve-in-process.ts";

const REPEATS = 5;
const scratch = mkdtempSync(join(tmpdir(), "gradus-dashboard-"));
const wanted = process.argv.slice(2);
const program = await bundleServer(scratch);

const parts = {
  open: async () => {
    const folder = join(scratch, "open");
    makeRuns(folder, { runs: 100, steps: 10_000 });
    return summary(await repeated(() => measureOpening(program, folder, "loss")));
  },
  live: () => measureLive(program, join(scratch, "live"), { runs: 50, stepsPerSecond: 20, seconds: 20 }),
  events: async () => {
    const folder = join(scratch, "events");
    const values = makeEvents(folder, 150);
    const [file = ""] = readdirSync(folder);
    const { size: bytes } = statSync(join(folder, file));
    return { values, bytes, ...summary(await repeated(() => measureOpening(program, folder, "loss"))) };
  },
  thin: async () => {
    const length = 10_000_000;
    const steps = Float64Array.from({ length }, (_, index) => index);
    const values = steps.map((step) => Math.sin(step));
    const ms = await repeated(async () => {
      const start = performance.now();
      thin({ length, steps, values, times: steps }, 1000);
      return { ms: performance.now() - start };
    });
    return summary(ms);
  },
};

try {
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const figures = await measure();
    console.log(JSON.stringify({ name, ...figures, processor: cpus()[0]?.model }));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function repeated<Figures extends Opening | { readonly ms: number }>(
  measure: () => Promise<Figures>,
): Promise<readonly Figures[]> {
  const all: Figures[] = [];
  for (let count = 0; count < REPEATS; count++) all.push(await measure());
  return all;
}

/** Median, least and largest of each figure. */
function summary<Figures extends object>(all: readonly Figures[]): Record<string, unknown> {
  const names = Object.keys(all[0] ?? {}) as (keyof Figures)[];
  return Object.fromEntries(
    names.map((name) => {
      const values = all.map((figures) => Math.round(Number(figures[name]))).sort((a, b) => a - b);
      return [name, [values[values.length >> 1], values[0], values.at(-1)]];
    }),
  );
}
