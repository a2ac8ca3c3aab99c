import { GradusError } from "../../src/core/errors.ts";
import { type Figure, figureOf, jsonLines, ourselves, runChild } from "../child.ts";
import { BUSY, busyShare } from "../load.ts";
import { type Comparison, formsToMeasure, type Round, requireSameNetwork } from "./comparison.ts";
import { isProduct } from "./summary.ts";
import { type FormName, torchCommand } from "./torch.ts";

export interface Measuring {
  readonly python: string;
  readonly backend: string;
  readonly threads: number;
  /** seconds of steps in each process */
  readonly budget: number;
  /** told what was measured, as it goes */
  readonly report: (text: string) => void;
}

/** The machine's limits, measured in a process of its own: it needs memory that is not the workload's. */
async function measureMachine({ backend, threads }: Pick<Measuring, "backend" | "threads">): Promise<Round["machine"]> {
  const parameters = ["--machine", "--backend", backend, "--threads", String(threads)];
  const { status, stdout, stderr } = await runChild(ourselves(parameters));
  const [line] = jsonLines(stdout);
  if (status === 0 && line !== undefined) {
    const { peak_gflops, copy_gb_per_s } = line as unknown as Round["machine"];
    return { peak_gflops, copy_gb_per_s };
  }
  throw new GradusError("backend-unavailable", `the machine's limits were not measured: ${stderr.trim()}`, { status });
}

/** One more round of a comparison: ours, and every form of the peer that may be its best, in turn; every second round the other way
 *  round. A form that fails takes no part any more. */
export async function nextRound(comparison: Comparison, measuring: Measuring): Promise<Comparison> {
  const { workload, rounds } = comparison;
  const busy = await busyShare();
  if (busy > BUSY)
    measuring.report(`other programs use ${Math.round(busy * 100)} % of the machine: these are not figures to quote`);
  const machine = await measureMachine(measuring);
  const forms = formsToMeasure(comparison, isProduct(workload));
  const turns = ["ours" as const, ...forms];
  const figures = new Map<string, Figure>();
  const failed: Partial<Record<FormName, string>> = { ...comparison.failed };
  for (const turn of rounds.length % 2 === 0 ? turns : turns.reverse()) {
    if (turn === "ours") figures.set(turn, await ourFigure(workload, measuring));
    else {
      const figure = await figureOf(torchCommand(turn, workload, measuring), workload).catch((error: unknown) => {
        if (!(error instanceof GradusError)) throw error;
        failed[turn] = error.message;
        return undefined;
      });
      if (figure !== undefined) figures.set(turn, figure);
    }
    const ms = figures.get(turn)?.ms;
    const outcome = ms === undefined ? `failed: ${failed[turn as FormName]}` : `${ms.toPrecision(4)} ms`;
    measuring.report(`${workload}, round ${rounds.length + 1}: ${turn} ${outcome}`);
  }
  const { ours, ...peers } = Object.fromEntries(figures) as { ours: Figure } & Round["peers"];
  for (const theirs of Object.values(peers)) requireSameNetwork(workload, ours, theirs);
  const round = { ours, peers, machine, busy };
  return { ...comparison, rounds: [...rounds, round], failed };
}

/** A product is measured in turn with the peak, a network by itself: its process then holds nothing else. */
async function ourFigure(workload: string, { backend, threads, budget }: Measuring): Promise<Figure> {
  const parameters = ["--backend", backend, "--threads", String(threads), "--budget", String(budget)];
  const machine = isProduct(workload) ? ["--machine"] : [];
  return figureOf(ourselves([...parameters, ...machine, workload]), workload);
}
