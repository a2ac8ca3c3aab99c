import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface CliRun {
  readonly status: number | null;
  readonly out: string;
  readonly errors: string;
  /** `out`, line by line, as JSON. */
  json(): readonly Record<string, unknown>[];
}

export interface CliOptions {
  /** Default: the reference backend, no DEBUG, no colour. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The command gets a signal when this appears on the standard output or the standard error. */
  readonly interruptAt?: RegExp;
  /** Default: SIGINT. */
  readonly signal?: NodeJS.Signals;
  /** The standard output is closed when this appears on it. */
  readonly leaveAt?: RegExp;
}

/** Runs the command line in its own process, from source. */
export function runCli(
  words: readonly string[],
  { environment = {}, interruptAt, signal = "SIGINT", leaveAt }: CliOptions = {},
): Promise<CliRun> {
  const env = { ...process.env, GRADUS_BACKEND: "reference", NO_COLOR: "1", DEBUG: "", ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...words], { cwd: ROOT, env });
    let out = "";
    let errors = "";
    let interrupted = false;
    const interruptWhere = (text: string): void => {
      if (interrupted || !interruptAt?.test(text)) return;
      interrupted = true;
      child.kill(signal);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (leaveAt?.test(out)) child.stdout.destroy();
      interruptWhere(out);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
      interruptWhere(errors);
    });
    child.on("error", reject);
    child.on("close", (status) =>
      resolve({
        status,
        out,
        errors,
        json: () =>
          out
            .trim()
            .split("\n")
            .map((text) => JSON.parse(text) as Record<string, unknown>),
      }),
    );
  });
}
