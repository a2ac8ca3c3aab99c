import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { loadModel } from "../../../src/files/model-file.ts";
import { fit } from "../../../src/fit.ts";
import type { TrainResult } from "../../../src/train/options.ts";
import { scratchFolder } from "../../io/scratch.ts";
import { leftBy } from "../../support/left-by.ts";
import { classifier, clouds, tiny } from "../tiny.ts";

const scratch = scratchFolder();
const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const stepName = (step: number) => `step-${String(step).padStart(12, "0")}.safetensors`;
const namesIn = (folder: string) => readdirSync(folder).sort();

const model = classifier();
/** Three steps an epoch. */
const options = { ...tiny, data: { train: clouds(24), validation: clouds(15) }, epochs: 5 };

/** The weights in a file, as those of a run. */
const weightsIn = async (file: string) =>
  (await leftBy({ state: loadModel(file).state, history: [], reason: "finished", steps: 0 })).bits;

describe("what stays of a run's checkpoints", () => {
  for (const keep of [1, 2, 4]) {
    it(`the last ${keep}, and the best`, async () => {
      const directory = join(scratch, `keep-${keep}`);
      await fit(model, { ...options, checkpoint: { directory, every: 2, keep } });
      // after steps 2, 4, … and at the end
      const all = [2, 4, 6, 8, 10, 12, 14, 15].slice(-keep);
      assert.deepEqual(namesIn(directory), ["best.safetensors", ...all.map(stepName)]);
    });
  }

  it("no best weights where nothing was validated", async () => {
    const directory = join(scratch, "no-validation");
    await fit(model, { ...options, data: clouds(24), epochs: 2, checkpoint: { directory } });
    assert.deepEqual(namesIn(directory), [stepName(3), stepName(6)]);
  });

  it("not more where a run that had come to its end goes on", async () => {
    const directory = join(scratch, "ended");
    const run = { ...options, epochs: 3, checkpoint: { directory, keep: 2 } };
    await fit(model, run);
    // as after a kill between the last save and the removal of what is too old
    copyFileSync(join(directory, stepName(6)), join(directory, stepName(3)));
    await fit(model, { ...run, resume: true });
    assert.deepEqual(namesIn(directory), ["best.safetensors", stepName(6), stepName(9)]);
  });

  it("fewer of them where a run goes on that keeps fewer", async () => {
    const directory = join(scratch, "fewer");
    await fit(model, { ...options, epochs: 3, checkpoint: { directory, keep: 3 } });
    await fit(model, { ...options, epochs: 4, checkpoint: { directory, keep: 1 }, resume: true });
    assert.deepEqual(namesIn(directory), ["best.safetensors", stepName(12)]);
  });
});

describe("the best weights", () => {
  /** Overshoots at once, so that the best epoch is an early one. */
  const wild = { ...options, optimizer: { type: "sgd", learningRate: 3 } } as const;

  it("are of the epoch with the lowest validation loss", async () => {
    const directory = join(scratch, "lowest");
    const { history } = await fit(model, { ...wild, checkpoint: { directory } });
    const losses = history.map(({ validation }) => validation?.loss ?? Number.NaN);
    const epoch = 1 + losses.indexOf(Math.min(...losses));
    const { state } = await fit(model, { ...wild, epochs: epoch });
    const expected = await leftBy({ state, history, reason: "finished", steps: 0 });
    assert.deepEqual(await weightsIn(join(directory, "best.safetensors")), expected.bits);
  });

  it("are of the epoch that early stopping puts back", async () => {
    const directory = join(scratch, "restored");
    const earlyStopping = { monitor: "accuracy", patience: 2, minDelta: 0.01 } as const;
    const result: TrainResult = await fit(model, { ...wild, epochs: 9, earlyStopping, checkpoint: { directory } });
    assert.deepEqual(await weightsIn(join(directory, "best.safetensors")), (await leftBy(result)).bits);
  });

  it("are those of the run that goes on, not of one that was given up", async () => {
    const directory = join(scratch, "given-up");
    const earlyStopping = { patience: 9 };
    const first = { ...options, earlyStopping, epochs: 4, checkpoint: { directory, keep: 9 } };
    await fit(model, first);
    // so fast that nothing is better than the first epoch
    const second = {
      ...first,
      optimizer: { type: "adam", learningRate: 50 },
      resume: join(directory, stepName(3)),
    } as const;
    const result = await fit(model, second);
    assert.equal(result.restoredEpoch, 1);
    assert.deepEqual(await weightsIn(join(directory, "best.safetensors")), (await leftBy(result)).bits);
    assert.deepEqual(namesIn(directory), ["best.safetensors", ...[3, 6, 9, 12].map(stepName)]);
  });
});

describe("the files", () => {
  const directory = join(scratch, "files");
  const about = { classes: ["a", "b", "c"] };

  it("load as models, with what was said about them", async () => {
    const result = await fit(model, { ...options, checkpoint: { directory, about } });
    for (const name of namesIn(directory)) {
      const loaded = loadModel(join(directory, name));
      assert.deepEqual(loaded.about, about, name);
      assert.deepEqual(loaded.model.config, model.config);
    }
    assert.deepEqual(await weightsIn(join(directory, stepName(15))), (await leftBy(result)).bits);
  });

  it("predict, from the command line", () => {
    const csv = join(scratch, "points.csv");
    writeFileSync(csv, "x,y\n0.5,1\n-1,0.25\n");
    for (const name of ["best.safetensors", stepName(15)]) {
      const words = ["--import", "tsx", MAIN, "predict", join(directory, name), "--data", csv];
      const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.ok(stdout.trim().split("\n").length >= 2, stdout);
    }
  });

  it("are refused before the first step where what is said about them is not JSON", async () => {
    const bad = { directory: join(scratch, "not-json"), about: { score: Number.NaN } };
    await assert.rejects(fit(model, { ...options, checkpoint: bad }), { code: "bad-argument" });
  });
});
