import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { GradusError } from "../src/core/errors.ts";

/** A command with its arguments, and what it finds in its environment besides ours. */
export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  /** added to our environment; undefined takes a variable away */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What a process left behind. */
export interface Ended {
  /** undefined if a signal ended it */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** peak memory of the whole process in MiB, if the system reports it (Linux) */
  readonly peakMb: number | undefined;
}

/** Interval at which the peak memory of a process is read; the last value counts. */
const ASKED_EVERY_MS = 20;

/** If set, these two pin a peer's BLAS to a slow kernel. */
const PINNED = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined } as const;

/** Runs a command to its end, in a process of its own.
 *  @throws GradusError `file-not-found` if there is no such program. */
export async function runChild({ program, parameters, environment = {} }: Command): Promise<Ended> {
  const env = { ...process.env, ...PINNED, ...environment };
  const child = spawn(program, parameters, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => {
    said.stdout += text;
  });
  child.stderr.on("data", (text) => {
    said.stderr += text;
  });
  let peakMb: number | undefined;
  const asking = setInterval(() => {
    peakMb = peakMemory(child.pid) ?? peakMb;
  }, ASKED_EVERY_MS);
  try {
    const [status] = (await once(child, "close")) as [number | null];
    return { ...said, status: status ?? undefined, peakMb };
  } catch (error) {
    throw new GradusError("file-not-found", `${program} cannot be started: ${(error as Error).message}`, { program });
  } finally {
    clearInterval(asking);
  }
}

/** The JSON objects among the lines that a process printed. */
export function jsonLines(stdout: string): readonly Readonly<Record<string, unknown>>[] {
  return stdout
    .split("\n")
    .filter((text) => text.startsWith("{"))
    .map((text) => JSON.parse(text));
}

/** Times that a process printed for one workload. */
export interface Figure {
  readonly workload: string;
  readonly ms: number;
  readonly min_ms: number;
  readonly peer?: string;
  readonly gflops?: number;
  readonly share_of_peak?: number;
  readonly first_step_ms?: number;
  readonly first_loss?: number;
  readonly parameters?: number;
  readonly peak_mb?: number | undefined;
}

/** Runs a command that prints a line for a workload.
 *  @throws GradusError `bad-data` with what it wrote on its standard error if it does not; as `runChild`. */
export async function figureOf(command: Command, workload: string): Promise<Figure> {
  const { status, stdout, stderr, peakMb } = await runChild(command);
  // after the name a peer may list what it omits: "mlp-4x512 (no BN, no dropout)"
  const line = jsonLines(stdout).find((each) => String(each.workload).split(" ")[0] === workload);
  if (status !== 0 || line === undefined) {
    const written = [command.program, ...command.parameters].join(" ");
    throw new GradusError(
      "bad-data",
      `${written} printed no line for ${workload} (${status === undefined ? "ended by a signal" : `exit ${status}`}): ${stderr.trim()}`,
      { command: written, status },
    );
  }
  return { ...(line as unknown as Figure), peak_mb: peakMb === undefined ? undefined : Math.round(peakMb) };
}

/** This program with other arguments. */
export function ourselves(
  parameters: readonly string[],
  environment: Command["environment"] = {},
  program = process.argv[1] as string,
): Command {
  return { program: process.execPath, parameters: [...process.execArgv, program, ...parameters], environment };
}

/** The largest memory of a process so far, in MiB; undefined if the system does not report it. */
function peakMemory(pid: number | undefined): number | undefined {
  try {
    const found = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found ? Number(found[1]) / 1024 : undefined;
  } catch {
    // the process has ended, or this is not Linux
    return undefined;
  }
}
