// Shared by the examples: flags, progress, and errors in one line.
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BACKEND_NAMES, type BackendName, GradusError } from "../src/index.ts";
import type { ProgressStream } from "../src/train/progress.ts";

/** Options of a run. */
export interface ExampleOptions {
  readonly epochs: number;
  /** Training samples; default all. */
  readonly samples?: number | undefined;
  /** Test samples; default all. */
  readonly testSamples?: number | undefined;
  /** Seed of initial weights, order and dropout. */
  readonly seed: number;
  readonly backend?: BackendName | undefined;
  readonly threads?: number | undefined;
  /** Where progress is shown. Default: nowhere. */
  readonly output?: ProgressStream | undefined;
  /** Arguments on the command line besides flags. */
  readonly words?: readonly string[] | undefined;
}

interface About {
  readonly name: string;
  readonly title: string;
  readonly epochs: number;
  /** Meaning of the words on the command line. Default: the example takes no words. */
  readonly words?: string;
}

const helpOf = ({ name, title, epochs, words }: About) => `${title}

npx tsx examples/${name}/main.ts [options]${words === undefined ? "" : ` [word…]    ${words}`}

  --epochs N         passes over the training samples (default ${epochs})
  --samples N        use the first N training samples (default: all)
  --test-samples N   use the first N test samples (default: all)
  --backend NAME     ${BACKEND_NAMES.join(", ")} (default: the fastest that runs here)
  --threads N        (default: one per core)
  --seed N           seed of initial weights, order and dropout (default 1)`;

/** The whole number behind a flag; undefined if the flag is missing. @throws `bad-argument` */
export function count(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new GradusError("bad-argument", `--${flag} must be a whole number, got "${text}".`, { flag, value: text });
}

/** The backend of this name. @throws `bad-argument` */
export function backendNamed(text: string | undefined): BackendName | undefined {
  const found = BACKEND_NAMES.find((name) => name === text);
  if (text === undefined || found !== undefined) return found;
  throw new GradusError("bad-argument", `--backend must be ${BACKEND_NAMES.join(" or ")}, got ${text}.`, { text });
}

function optionsOf(about: About): ExampleOptions | undefined {
  const text = { type: "string" } as const;
  const flags = { epochs: text, samples: text, "test-samples": text, backend: text, threads: text, seed: text };
  const { values, positionals } = parseArgs({
    allowPositionals: about.words !== undefined,
    options: { ...flags, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return undefined;
  return {
    epochs: count("epochs", values.epochs) ?? about.epochs,
    samples: count("samples", values.samples),
    testSamples: count("test-samples", values["test-samples"]),
    backend: backendNamed(values.backend),
    threads: count("threads", values.threads),
    seed: count("seed", values.seed) ?? 1,
    output: process.stdout,
    words: positionals,
  };
}

/** Runs an example if its file is the one that was started, and prints the lines that it returns.
 *  @param url the file's `import.meta.url`. */
export async function runExample(
  url: string,
  about: About,
  run: (options: ExampleOptions) => Promise<readonly string[]>,
): Promise<void> {
  const [, started] = process.argv;
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return;
  try {
    const options = optionsOf(about);
    console.log(options === undefined ? helpOf(about) : (await run(options)).join("\n"));
  } catch (error) {
    if (!(error instanceof GradusError) && !(error instanceof TypeError && "code" in error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** 0.9234 -> "92.34 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** The fields that are not undefined: for options that must not be undefined. */
export function given<T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
