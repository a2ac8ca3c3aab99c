import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/files/files.ts";
import { loadModel, saveModel } from "../../src/files/model-file.ts";
import { createModel } from "../../src/nn/model.ts";
import { tensor } from "../../src/tensor/create.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { fit } from "../../src/train/fit.ts";
import { predict, RunningMoments } from "../../src/train/predict.ts";
import { classifier, clouds, failsWith, tiny, valuesOf } from "./tiny.ts";

const { backend } = tiny;

test("predictions are the model's outputs in order, for any batch size", async () => {
  const model = classifier();
  const state = model.initialize(3);
  const data = clouds(11);
  const { inputs } = data.toArrays();
  const expected = [...(await model.apply(state, tensor(inputs), { training: false }).output.data())];
  const whole = await predict(model, state, data, { backend });
  assert.deepEqual(whole.mean.shape, [11, 3]);
  whole.mean.data.forEach((value, index) => {
    assert.ok(Math.abs(value - (expected[index] as number)) < 1e-6);
  });
  for (const source of [data, inputs]) {
    const cut = await predict(model, state, source, { backend, batchSize: 4 });
    assert.deepEqual(cut.mean.data, whole.mean.data);
    assert.equal(cut.spread, undefined);
  }
});

test("Monte-Carlo prediction: mean and spread of dropout, by seed; statistics of batch norm stay", async () => {
  // one input of 1 through dropout 0.5: 0 or 2, mean 1, deviation 1
  const model = createModel({
    inputShape: [4],
    layers: [
      { type: "batchNorm", affine: false },
      { type: "dropout", rate: 0.5 },
    ],
  });
  const state = model.initialize(0);
  const ones = { shape: [8, 4], dtype: "float32", data: new Float32Array(32).fill(1) } as const;
  const { mean, spread } = await predict(model, state, ones, { backend, samples: 400, seed: 2 });
  const average = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(average(mean.data) - 1) < 0.05, `mean ${average(mean.data)}`);
  assert.ok(Math.abs(average(spread?.data ?? []) - 1) < 0.05, `spread ${average(spread?.data ?? [])}`);
  const again = await predict(model, state, ones, { backend, samples: 400, seed: 2 });
  assert.deepEqual(again, { mean, spread });
  const other = await predict(model, state, ones, { backend, samples: 400, seed: 3 });
  assert.notDeepEqual(other.mean, mean);
  const off = await predict(model, state, ones, { backend });
  assert.ok(off.mean.data.every((value) => Math.abs(value - 1) < 1e-4));
});

test("running moments agree with the two-pass formulas", () => {
  const moments = new RunningMoments();
  const series = [1e8 + 1, 1e8 + 2, 1e8 + 4];
  for (const value of series) moments.add([value, -value]);
  assert.ok(Math.abs((moments.mean[0] as number) - (1e8 + 7 / 3)) < 1e-6);
  assert.ok(Math.abs((moments.deviation[1] as number) - Math.sqrt(7 / 3)) < 1e-6);
});

test("inputs of another shape are refused", async () => {
  const model = classifier();
  const array = { shape: [2, 3], dtype: "float32", data: new Float32Array(6) } as const;
  await failsWith("bad-argument", () => predict(model, model.initialize(0), array, { backend }));
  const dataset = fromArrays({ inputs: [[1, 2, 3]], targets: [0], classes: 3 });
  await failsWith("shape-mismatch", () => predict(model, model.initialize(0), dataset, { backend }));
});

test("a saved model is restored unchanged, and damage is reported", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gradus-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "model.safetensors");
  const model = classifier([
    { type: "linear", units: 4 },
    { type: "batchNorm" },
    { type: "skip", layers: [{ type: "linear", units: 4 }] },
  ]);
  const { state } = await fit(model, { ...tiny, data: clouds(), epochs: 1 });
  await saveModel(file, { model, state, about: { note: "kept", epoch: 1 } });
  const loaded = loadModel(file);
  assert.deepEqual(loaded.about, { note: "kept", epoch: 1 });
  assert.deepEqual(loaded.model.config, model.config);
  const rounded = [...(await valuesOf(state))].map(([path, values]) => [path, values.map(Math.fround)]);
  assert.deepEqual(
    [...(await valuesOf(loaded.state))].map(([path, values]) => [path, values.map(Math.fround)]),
    rounded,
  );
  const options = { loss: tiny.loss, backend } as const;
  const before = await evaluate(model, state, clouds(), options);
  const after = await evaluate(loaded.model, loaded.state, clouds(), options);
  assert.ok(Math.abs(before.loss - after.loss) < 1e-5);

  const checkpoint = readCheckpoint(file);
  const arrays = new Map([...checkpoint.arrays].filter(([name]) => name !== "parameters.3.bias"));
  writeCheckpoint(file, { ...checkpoint, arrays });
  const missing = await failsWith("bad-data", () => loadModel(file));
  assert.equal(missing.values.path, "parameters.3.bias");
  writeCheckpoint(file, { arrays: new Map(), metadata: {} });
  await failsWith("bad-data", () => loadModel(file));
});
