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
  let [saved, halfWritten, bad] = [0, 0, 0];
  const usualMs = { saving: 1000, writing: 500 };
  for (let kill = 1; kill <= kills; kill++) {
    const inSave = 1 + random.below(2);
    const share = random.below(1100) / 1000;
    // two of three when bytes are written, the others also while they are prepared
    const from = kill % 3 === 0 ? "saving" : "writing";
    const afterMs = (lastMs: number | undefined) => share * (lastMs ?? usualMs[from]);
    const life = await killSaver({ program, folder, megabytes, inSave, from, afterMs });
    usualMs[from] = life.lastMs ?? usualMs[from];
    saved = Math.max(saved, life.saved);
    const drafts = draftsIn(folder);
    const wrong = [
      ...(await wrongIn(folder, saved)),
      ...(life.draftsAtStart > 0 ? [`${life.draftsAtStart} drafts of a killed save were not removed`] : []),
      ...(life.complaints === "" ? [] : [life.complaints.trim()]),
    ];
    if (drafts > 0) halfWritten++;
    if (wrong.length > 0) bad++;
    console.log(
      `kill ${kill}: ${(100 * share).toFixed(0)} % into ${from} for ${(usualMs[from] / 1000).toFixed(1)} s; ${drafts} drafts left; newest step ${saved} or later: ${wrong.length === 0 ? "right" : `WRONG: ${wrong.join("; ")}`}`,
    );
  }
  console.log(
    `${kills} kills during saves of ${megabytes} MiB: ${halfWritten} left a half-written draft, ${bad} left something wrong`,
  );
  return bad;
}
