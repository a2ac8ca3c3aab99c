import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scratchFolder } from "../io/scratch.ts";
import { killSaver, wrongIn } from "../long/killed-saves.ts";
import { bundled } from "../long/lives.ts";

/** `npm run test:kills -- --saves 30` does this with 200 MiB. */
const MEGABYTES = 4;

test("what is in the folder of a process that was killed while it saved loads, and is right", async () => {
  const scratch = scratchFolder();
  const program = await bundled("large-save", scratch);
  const folder = join(scratch, "run");
  mkdirSync(folder);
  let saved = 0;
  for (const share of [0.2, 0.5, 0.8]) {
    const afterMs = (lastMs: number | undefined) => share * (lastMs ?? 0);
    const life = await killSaver({ program, folder, megabytes: MEGABYTES, inSave: 2, from: "writing", afterMs });
    assert.equal(life.complaints, "");
    assert.equal(life.draftsAtStart, 0, "drafts of an earlier process are removed");
    assert.ok(life.saved > saved, "it goes on from the newest");
    saved = life.saved;
    assert.deepEqual(await wrongIn(folder, saved), []);
  }
});
