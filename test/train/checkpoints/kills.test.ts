import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { scratchFolder } from "../../io/scratch.ts";
import { type Death, differencesOf, killedRun, type Remains, remainsOf } from "../../long/killed-run.ts";
import { bundled } from "../../long/lives.ts";
import { type KilledTraining, runTraining, type Told } from "../../long/run-training.ts";
import { skipNative } from "../../runtime/native-machine.ts";
import { LASTING } from "../../support/lasting.ts";

// `npm run test:kills` does this with hundreds of kills at random moments. Here each process kills itself, at a moment that is always the
// same: the verdict does not depend on time.

const [MLP, CNN, LSTM] = Object.keys(LASTING) as [string, string, string];

/** Where the processes of one run die, in order: between two steps, and at the system calls of a save. */
const CASES: readonly (readonly [KilledTraining["backend"], string, readonly Death[]])[] = [
  [
    "wasm",
    MLP,
    [
      { lastStep: 1 },
      { deadly: { call: "writeSync", count: 4, when: "after" } },
      { deadly: { call: "fsyncSync", count: 2, when: "before" } },
      { deadly: { call: "renameSync", count: 2, when: "after" } },
    ],
  ],
  ["wasm", LSTM, [{ lastStep: 11 }, { deadly: { call: "renameSync", count: 2, when: "before" } }, { lastStep: 21 }]],
  [
    "native",
    CNN,
    [
      { lastStep: 6 },
      { deadly: { call: "openSync", count: 3, when: "after" } },
      { deadly: { call: "rmSync", count: 3, when: "before" } },
    ],
  ],
];

describe("a run that is killed and started again ends with the same bits", { concurrency: true }, () => {
  const scratch = scratchFolder();
  const folder = (kind: string, index: number) => join(scratch, `${kind}-${index}`);
  const trainings = CASES.map(([backend, training]) => ({ training, backend, threads: 2, epochs: 3, every: 4 }));
  let program = "";
  const expected: Remains[] = [];
  before(async () => {
    program = await bundled("killed-training", scratch);
    for (const [index, training] of trainings.entries()) {
      if (training.backend === "native" && skipNative) continue;
      const told: Told[] = [];
      await runTraining({ ...training, folder: folder("whole", index) }, (each) => told.push(each));
      const end = told.at(-1);
      assert.equal(end?.type, "ended");
      expected[index] = await remainsOf(folder("whole", index), end.left);
    }
  });
  for (const [index, [backend, name, deaths]] of CASES.entries()) {
    it(`${name}, ${backend}: ${deaths.length} kills`, { skip: backend === "native" && skipNative }, async () => {
      const training = trainings[index] as KilledTraining;
      const killed = await killedRun(program, { ...training, folder: folder("killed", index) }, deaths);
      assert.equal(killed.kills, deaths.length);
      assert.equal(killed.complaints, "");
      assert.deepEqual(differencesOf(expected[index] as Remains, killed.remains), []);
    });
  }
});
