import type { Command } from "commander";
import { GradusError } from "../../core/errors.ts";
import type { CheckpointOptions } from "../../train/checkpoints/options.ts";
import { RUNS } from "../runs/where.ts";
import { parseInterval, parseKeep } from "./interval.ts";

/** Flags of every command that trains. */
export interface TrainFlags {
  readonly output?: string;
  readonly json?: boolean;
  readonly steps?: boolean;
  readonly runs: string;
  readonly checkpointEvery?: string;
  readonly keep?: string;
  readonly watch?: boolean;
  readonly tensorboard?: string;
}

/** Adds the options of every command that trains. */
export function addTrainOptions(command: Command): Command {
  return command
    .option("-o, --output <path>", "save model, weights and experiment as a checkpoint")
    .option("--runs <folder>", "the folder of runs", RUNS)
    .option("--checkpoint-every <interval>", 'steps, epochs or a time: 500, "1 epoch", "5 min" (default: every epoch)')
    .option("--keep <number>", "so many of the last checkpoints stay (default: 3)")
    .option("--tensorboard <folder>", "write an event file for TensorBoard, too")
    .option("--watch", "open the dashboard beside the training, and print its address")
    .option("--json", "print events and the result as JSON lines")
    .option("--steps", "with --json: also one event per step");
}

/** What the flags say about checkpoints.
 *  @throws GradusError `bad-argument`. */
export function checkpointFlags({ checkpointEvery, keep }: TrainFlags): Pick<CheckpointOptions, "every" | "keep"> {
  return {
    ...(checkpointEvery === undefined ? {} : { every: parseInterval("--checkpoint-every", checkpointEvery) }),
    ...(keep === undefined ? {} : { keep: parseKeep("--keep", keep) }),
  };
}

/** Flags that mean something only in a run's folder.
 *  @throws GradusError `bad-argument` if one is given without a run. */
export function requireRunFor(flags: TrainFlags & { readonly tag?: readonly string[] }): void {
  const given = [
    ...(flags.checkpointEvery === undefined ? [] : ["--checkpoint-every"]),
    ...(flags.keep === undefined ? [] : ["--keep"]),
    ...((flags.tag ?? []).length === 0 ? [] : ["--tag"]),
    ...(flags.watch === true ? ["--watch"] : []),
  ];
  if (given.length === 0) return;
  throw new GradusError(
    "bad-argument",
    `train: ${given.join(" and ")} ${given.length === 1 ? "needs" : "need"} a run: --run NAME.`,
    { flags: given },
  );
}
