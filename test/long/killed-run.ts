import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRun } from "../../src/files/checkpoint-folder.ts";
import { bitsOf, type Left, timeless } from "../support/left-by.ts";
import { type Deadline, live, wasSaving } from "./lives.ts";
import type { KilledTraining } from "./run-training.ts";

/** `checkpoint.keep` of the trainings: its default. */
const KEEP = 3;

/** How a process is killed, from outside or by itself at a step or at a system call. */
export type Death = Pick<KilledTraining, "lastStep" | "deadly"> & { readonly deadline?: Deadline };

/** All that a run leaves in memory and on disk. */
export interface Remains {
  readonly left: Left;
  /** best.safetensors, as hexadecimal digits; "" if there is none. */
  readonly best: string;
  /** The last checkpoint: its step, history and arrays, those of the best epoch among them. */
  readonly last: unknown;
  readonly names: readonly string[];
}

export interface Killed {
  readonly kills: number;
  readonly duringSave: number;
  /** Processes that went on from a checkpoint. */
  readonly resumes: number;
  readonly remains: Remains;
  /** What the processes wrote to their error streams: nothing, unless a checkpoint was damaged. */
  readonly complaints: string;
}

/** Trains in process after process, each killed in the next way, until one reaches the end of the training.
 *  @param deaths in order; after the last one, a process is left alone. Those that come too late are no kills. */
export async function killedRun(
  program: string,
  training: KilledTraining & { readonly folder: string },
  deaths: Iterable<Death>,
): Promise<Killed> {
  const { folder } = training;
  let [kills, duringSave, resumes, complaints] = [0, 0, 0, ""];
  const ways = deaths[Symbol.iterator]();
  for (;;) {
    const { deadline, ...death }: Death = ways.next().value ?? {};
    const life = await live(program, { ...training, ...death }, deadline);
    complaints += life.complaints;
    if (typeof life.resumedAt === "number") resumes++;
    if (life.end !== undefined) {
      return { kills, duringSave, resumes, complaints, remains: await remainsOf(folder, life.end.left) };
    }
    kills++;
    if (existsSync(folder) && wasSaving(folder, KEEP)) duringSave++;
  }
}

export async function remainsOf(folder: string, left: Left): Promise<Remains> {
  const best = join(folder, "best.safetensors");
  const { state } = await readRun(folder);
  return {
    left,
    best: existsSync(best) ? readFileSync(best).toString("hex") : "",
    last: {
      step: state.step,
      epoch: state.epoch,
      stepInEpoch: state.stepInEpoch,
      history: state.history.map(timeless),
      values: bitsOf(state.values),
      best: state.best && { epoch: state.best.epoch, step: state.best.step, values: bitsOf(state.best.values) },
    },
    names: readdirSync(folder).sort(),
  };
}

/** What differs between the remains of two runs, by name. */
export function differencesOf(expected: Remains, got: Remains): readonly string[] {
  return [
    ...(["bits", "history", "reason", "steps", "restoredEpoch"] as const)
      .filter((name) => JSON.stringify(expected.left[name]) !== JSON.stringify(got.left[name]))
      .map((name) => (name === "bits" ? "final weights" : name)),
    ...(expected.best === got.best ? [] : ["best weights"]),
    ...(JSON.stringify(expected.last) === JSON.stringify(got.last) ? [] : ["last checkpoint"]),
    ...(JSON.stringify(expected.names) === JSON.stringify(got.names) ? [] : [`files: ${got.names.join(", ")}`]),
  ];
}
