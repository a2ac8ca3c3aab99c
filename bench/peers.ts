import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { GradusError } from "../src/core/errors.ts";

interface Figure {
  readonly workload: string;
  readonly ms: number;
  readonly min_ms: number;
  readonly peer?: string;
  /** of the whole process, if the system reports it (Linux) */
  readonly peakMb?: number | undefined;
}

/** Interval at which the peak memory of a process is read; the last value counts. */
const ASKED_EVERY_MS = 20;

/** Runs our command and a peer's in turn, each in a separate process, so that a drifting machine affects both alike. */
export async function comparePeers(
  workload: string,
  own: readonly string[],
  peer: string,
  pairs: number,
): Promise<object> {
  const ours: Figure[] = [];
  const theirs: Figure[] = [];
  let name = peer;
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await measure(process.execPath, own, workload));
    // `exec` replaces the shell, so that the memory read is the peer's
    const figure = await measure("sh", ["-c", `exec ${peer} ${workload}`], workload);
    theirs.push(figure);
    name = figure.peer ?? peer;
  }
  const ratios = ours.map(({ ms }, pair) => (theirs[pair] as Figure).ms / ms).sort((a, b) => a - b);
  const least = (figures: readonly Figure[]) => round(Math.min(...figures.map(({ min_ms }) => min_ms)));
  const most = (figures: readonly Figure[]) => round(Math.max(...figures.map(({ peakMb = 0 }) => peakMb)));
  const medianOf = (figures: readonly Figure[]) => median(figures.map(({ ms }) => ms));
  return {
    workload,
    peer: name,
    pairs,
    ms: medianOf(ours),
    peer_ms: medianOf(theirs),
    // the best single step of each: the difference that remains when nothing disturbs either
    min_ms: least(ours),
    peer_min_ms: least(theirs),
    // peak memory of the whole process, the largest of all pairs
    peak_mb: most(ours),
    peer_peak_mb: most(theirs),
    // above 1: ours is faster
    ratio: round(ratios[ratios.length >> 1] as number),
    ratio_min: round(ratios[0] as number),
    ratio_max: round(ratios.at(-1) as number),
  };
}

async function measure(command: string, parameters: readonly string[], workload: string): Promise<Figure> {
  // if set, these two pin the peer's BLAS to a slow kernel
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...env } = process.env;
  const child = spawn(command, parameters, { env, stdio: ["ignore", "pipe", "pipe"] });
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
  const [status] = await once(child, "close");
  clearInterval(asking);
  const { stdout, stderr } = said;
  // after the name a peer may list what it omits: "mlp-4x512 (no BN, no dropout)"
  const isAsked = (text: string) =>
    text.startsWith("{") && (JSON.parse(text) as Figure).workload.split(" ")[0] === workload;
  const line = stdout.split("\n").find(isAsked);
  if (status !== 0 || line === undefined) {
    throw new GradusError(
      "bad-data",
      `${command} ${parameters.join(" ")} printed no line for ${workload} (exit ${status}): ${stderr}`,
      {
        command,
        status,
      },
    );
  }
  return { ...(JSON.parse(line) as Figure), peakMb };
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

function median(values: readonly number[]): number {
  return round([...values].sort((a, b) => a - b)[values.length >> 1] as number);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
