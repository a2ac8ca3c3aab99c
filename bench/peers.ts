import { spawnSync } from "node:child_process";
import { GradusError } from "../src/core/errors.ts";

interface Figure {
  readonly workload: string;
  readonly ms: number;
  readonly min_ms: number;
  readonly peer?: string;
}

/** Runs ours and a peer's command in turn, each in a process of its own, so that a drifting machine hits both alike. */
export function comparePeers(workload: string, own: readonly string[], peer: string, pairs: number): object {
  const ours: Figure[] = [];
  const theirs: Figure[] = [];
  let name = peer;
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(measure(process.execPath, own, workload));
    const figure = measure("sh", ["-c", `${peer} ${workload}`], workload);
    theirs.push(figure);
    name = figure.peer ?? peer;
  }
  const ratios = ours.map(({ ms }, pair) => (theirs[pair] as Figure).ms / ms).sort((a, b) => a - b);
  const least = (figures: readonly Figure[]) => round(Math.min(...figures.map(({ min_ms }) => min_ms)));
  const medianOf = (figures: readonly Figure[]) => median(figures.map(({ ms }) => ms));
  return {
    workload,
    peer: name,
    pairs,
    ms: medianOf(ours),
    peer_ms: medianOf(theirs),
    // the best single step of each: what is left of the difference when nothing disturbs either
    min_ms: least(ours),
    peer_min_ms: least(theirs),
    // above 1: ours is faster
    ratio: round(ratios[ratios.length >> 1] as number),
    ratio_min: round(ratios[0] as number),
    ratio_max: round(ratios.at(-1) as number),
  };
}

function measure(command: string, parameters: readonly string[], workload: string): Figure {
  // these two pin the peer's BLAS to a slow kernel where they are set
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(command, parameters, { encoding: "utf8", env, maxBuffer: 2 ** 26 });
  // a peer may add after the name what it leaves out: "mlp-4x512 (no BN, no dropout)"
  const isAsked = (text: string) =>
    text.startsWith("{") && (JSON.parse(text) as Figure).workload.split(" ")[0] === workload;
  const line = stdout?.split("\n").find(isAsked);
  if (status !== 0 || line === undefined) {
    throw new GradusError(
      "bad-data",
      `${command} ${parameters.join(" ")} gave no line for ${workload} (exit ${status}): ${stderr}`,
      {
        command,
        status,
      },
    );
  }
  return JSON.parse(line) as Figure;
}

function median(values: readonly number[]): number {
  return round([...values].sort((a, b) => a - b)[values.length >> 1] as number);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
