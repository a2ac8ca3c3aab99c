import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { draftsIn, killSaver, wrongIn } from "./killed-saves.ts";
import { bundled } from "./lives.ts";
import { generator } from "./random-choice.ts";

/** Kills processes that write large checkpoints, with SIGKILL at random moments of a save, and reads what is in the folder.
 *  @returns how many kills left something wrong. */
export async function killSaves(kills: number, megabytes: number, seed: number): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "gradus-saves-"));
  try {
    const program = await bundled("large-save", scratch);
    const folder = join(scratch, "run");
    mkdirSync(folder);
    return await killEach({ kills, megabytes, seed, program, folder });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function killEach(plan: {
  readonly kills: number;
  readonly megabytes: number;
  readonly seed: number;
  readonly program: string;
  readonly folder: string;
}): Promise<number> {
  const { kills, megabytes, seed, program, folder } = plan;
  const random = generator(seed);
  let [saved, usualMs, halfWritten, bad, left] = [0, 1000, 0, 0, 0];
  for (let kill = 1; kill <= kills; kill++) {
    const inSave = 1 + random.below(2);
    const share = random.below(1100) / 1000;
    const life = await killSaver({ program, folder, megabytes, inSave, afterMs: (ms) => share * (ms ?? usualMs) });
    usualMs = life.saveMs ?? usualMs;
    saved = Math.max(saved, life.saved);
    const drafts = draftsIn(folder);
    const wrong = [
      ...(await wrongIn(folder, saved)),
      ...(life.draftsAtStart > 0 ? [`${life.draftsAtStart} drafts of a killed save were not removed`] : []),
      ...(life.complaints === "" ? [] : [life.complaints.trim()]),
    ];
    if (drafts > 0) halfWritten++;
    if (wrong.length > 0) bad++;
    left = drafts;
    console.log(
      `kill ${kill}: ${(100 * share).toFixed(0)} % into a save of ${(usualMs / 1000).toFixed(1)} s; ${drafts} drafts left; newest step ${saved} or later: ${wrong.length === 0 ? "right" : `WRONG: ${wrong.join("; ")}`}`,
    );
  }
  console.log(
    `${kills} kills during saves of ${megabytes} MiB: ${halfWritten} left a half-written draft (${left} at the end), ${bad} left something wrong`,
  );
  return bad;
}
