// Shared by the papers' experiments: a budget, a result, and the command line for both.
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BACKEND_NAMES, type Backend, type BackendName, GradusError, openBackend } from "../../src/index.ts";
import { backendNamed, count, given } from "../common.ts";

/** The effort allowed for an experiment. */
export interface Budget {
  /** true: near the paper's size, minutes; false: just large enough to show the effect, seconds. */
  readonly full: boolean;
  /** Default: the experiment's own. */
  readonly epochs?: number | undefined;
  /** Seed of initial weights, order and dropout; for several runs, that of the first. */
  readonly seed: number;
  readonly backend?: BackendName | undefined;
  readonly threads?: number | undefined;
  /** Receives one line after each run. */
  readonly say?: ((line: string) => void) | undefined;
}

/** The result of an experiment.
 *  Measured: the content of the paper's figure or table, as data. */
export interface Result<Measured> {
  readonly measured: Measured;
  /** The first row is the head. */
  readonly table: readonly (readonly string[])[];
  /** Whether the experiment confirms the paper's claim by a clear margin; each experiment defines the margin. */
  readonly isReproduced: boolean;
  readonly seconds: number;
}

/** An experiment and the claim that it tests. */
export interface About {
  /** Name of its file. */
  readonly name: string;
  readonly title: string;
  /** One sentence, in our words. */
  readonly claim: string;
}

/** Opens the budget's backend, runs the experiment on it, closes it and adds the time. */
export async function timed<Measured>(
  budget: Budget,
  run: (backend: Backend) => Promise<Omit<Result<Measured>, "seconds">>,
): Promise<Result<Measured>> {
  const started = performance.now();
  const backend = await openBackend(given({ backend: budget.backend, threads: budget.threads }));
  try {
    const result = await run(backend);
    return { ...result, seconds: (performance.now() - started) / 1000 };
  } finally {
    backend.dispose();
  }
}

/** Columns as wide as their widest cell; all but the first are right-aligned. */
export function alignedRows(table: readonly (readonly string[])[]): readonly string[] {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** The table, the claim, and whether it was reproduced. */
export function report({ claim }: About, { table, isReproduced, seconds }: Result<unknown>): readonly string[] {
  const verdict = isReproduced ? "reproduced here" : "NOT reproduced here";
  return [...alignedRows(table), "", `${claim} - ${verdict} (${seconds.toFixed(1)} s)`];
}

const helpOf = ({ name, title }: About): string => `${title}

npx tsx examples/papers/${name}.ts [options]

  --full          near the paper's size (default: small, a few seconds)
  --epochs N      passes over the training samples (default: the experiment's own)
  --backend NAME  ${BACKEND_NAMES.join(", ")} (default: the fastest that runs here)
  --threads N     (default: one per core)
  --seed N        seed of initial weights, order and dropout (default 1)

Exit status: 0 if the claim was reproduced, 1 if not.`;

function budgetOf(): Budget | undefined {
  const text = { type: "string" } as const;
  const switched = { type: "boolean" } as const;
  const { values } = parseArgs({
    options: {
      ...{ full: switched, help: { ...switched, short: "h" } },
      ...{ epochs: text, backend: text, threads: text, seed: text },
    },
  });
  if (values.help) return undefined;
  return {
    full: values.full ?? false,
    epochs: count("epochs", values.epochs),
    seed: count("seed", values.seed) ?? 1,
    backend: backendNamed(values.backend),
    threads: count("threads", values.threads),
    say: (line) => console.log(line),
  };
}

/** Runs an experiment if its file is the one that was started, and prints its report.
 *  @param url the file's `import.meta.url`. */
export async function runPaper(
  url: string,
  about: About,
  run: (budget: Budget) => Promise<Result<unknown>>,
): Promise<void> {
  const [, started] = process.argv;
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return;
  try {
    const budget = budgetOf();
    if (budget === undefined) return console.log(helpOf(about));
    console.log(`${about.title}\n`);
    const result = await run(budget);
    console.log(["", ...report(about, result)].join("\n"));
    process.exitCode = result.isReproduced ? 0 : 1;
  } catch (error) {
    if (!(error instanceof GradusError) && !(error instanceof TypeError && "code" in error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
