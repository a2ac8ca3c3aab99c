import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readRun } from "../../src/files/checkpoint-folder.ts";
import { decodeRun } from "../../src/train/checkpoints/run-file.ts";
import { firstWrong } from "./large-run.ts";

/** One process that writes large checkpoints until it is killed. */
export interface KilledSaver {
  /** The last checkpoint that it said it wrote. */
  readonly saved: number;
  /** Drafts in the folder when it had opened it. */
  readonly draftsAtStart: number;
  /** How long its last whole save took, from `from` on. */
  readonly lastMs: number | undefined;
  /** What it wrote to the error stream: nothing, unless a checkpoint was damaged. */
  readonly complaints: string;
}

export interface SaverPlan {
  readonly program: string;
  readonly folder: string;
  readonly megabytes: number;
  /** It is killed in its n-th save. */
  readonly inSave: number;
  /** After it began to prepare the bytes, or to write them. */
  readonly from: "saving" | "writing";
  /** So long after.
   *  @param lastMs how long the save before took from there. */
  readonly afterMs: (lastMs: number | undefined) => number;
}

export async function killSaver({
  program,
  folder,
  megabytes,
  inSave,
  from,
  afterMs,
}: SaverPlan): Promise<KilledSaver> {
  const child = spawn(process.execPath, [program, folder, String(megabytes)], { stdio: ["ignore", "pipe", "pipe"] });
  let [saved, saves, began, draftsAtStart, complaints] = [0, 0, 0, -1, ""];
  let lastMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [what, step] = line.split(" ");
    if (what === "ready") draftsAtStart = draftsIn(folder);
    if (what === "saving") saves++;
    if (what === from) {
      began = performance.now();
      if (saves === inSave) timer = setTimeout(() => child.kill("SIGKILL"), afterMs(lastMs));
    } else if (what === "saved") {
      saved = Number(step);
      lastMs = performance.now() - began;
    }
  });
  await new Promise<void>((ended, failed) => {
    child.on("error", failed);
    child.on("close", () => ended());
  });
  clearTimeout(timer);
  return { saved, draftsAtStart, lastMs, complaints };
}

export function draftsIn(folder: string): number {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".part")).length : 0;
}

/** What is wrong with the checkpoints in a folder whose writer was killed.
 *  @param atLeast the step that must be there. */
export async function wrongIn(folder: string, atLeast: number): Promise<readonly string[]> {
  const names = readdirSync(folder)
    .filter((name) => /^step-\d+\.safetensors$/.test(name))
    .sort();
  const wrong: string[] = [];
  for (const name of names) {
    try {
      const run = await decodeRun(readFileSync(join(folder, name)), name);
      const index = firstWrong(run);
      if (index >= 0) wrong.push(`${name}: element ${index} is wrong`);
      if (run.state.step !== Number(/\d+/.exec(name)?.[0])) wrong.push(`${name} holds step ${run.state.step}`);
    } catch (error) {
      wrong.push(String(error));
    }
  }
  const newest = Number(/\d+/.exec(names.at(-1) ?? "0")?.[0]);
  if (newest < atLeast) wrong.push(`step ${atLeast} was written, and ${newest} is the newest`);
  if (names.length > 0 && (await readRun(folder)).state.step !== newest) wrong.push(`${newest} is not the one taken`);
  return wrong;
}
