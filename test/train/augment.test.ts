import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { createModel } from "../../src/nn/model.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { fit } from "../../src/train/fit.ts";
import { failsWith, tiny, valuesOf } from "./tiny.ts";

/** Pictures 1 x 2 x 2 of value 1 whose target is their sum. */
const pictures = (count: number) =>
  fromArrays({
    inputs: new Float32Array(count * 4).fill(1),
    inputShape: [1, 2, 2],
    targets: new Float32Array(count).fill(4),
    targetShape: [1],
  });
const model = createModel({ inputShape: [1, 2, 2], layers: ["flatten", { type: "linear", units: 1 }] });
const options = { ...tiny, loss: "mse", optimizer: { type: "sgd", learningRate: 0.01 } } as const;

/** Erases everything: the input is 0, so that only the bias has a gradient. */
const blank = [
  { type: "brightness", maximum: 1e-9 },
  { type: "cutout", size: 3, count: 60 },
] as const;

test("training sees changed pictures, validation the original ones", async () => {
  const data = { train: pictures(12), validation: pictures(5) };
  const initial = model.initialize(1);
  const { state, history } = await fit(model, { ...options, data, epochs: 1, augment: blank, initialState: initial });
  const before = await valuesOf(initial);
  const after = await valuesOf(state);
  for (const [name, values] of after) {
    if (name.endsWith("weight")) assert.deepEqual(values, before.get(name));
    else assert.notDeepEqual(values, before.get(name));
  }
  const { loss } = await evaluate(model, state, data.validation, { loss: "mse", backend: options.backend });
  assert.ok(Math.abs((history[0]?.validation?.loss ?? Number.NaN) - loss) < 1e-12);
});

test("the same seed gives the same weights", async () => {
  const run = async (seed: number) => {
    const augment = [{ type: "noise", deviation: 0.5 }] as const;
    return valuesOf((await fit(model, { ...options, data: pictures(12), augment, seed })).state);
  };
  assert.deepEqual(await run(1), await run(1));
  assert.notDeepEqual(await run(1), await run(2));
});

test("a step that fails on a changed picture is found again, because the pictures are changed in the same way", async () => {
  // beyond float32: infinite as a pixel
  const augment = [{ type: "cutout", size: 1, fill: 1e39, probability: 0.05 }] as const;
  const error = await failsWith("not-finite", () =>
    fit(model, { ...options, data: pictures(30), batchSize: 2, augment, seed: 4 }),
  );
  assert.ok((error.values.step as number) > 1, "the first step already failed, so that there was nothing to find");
  assert.ok("state" in error.values, error.message);
});

test("data without pictures, and unknown changes, are refused before the first step", async () => {
  const flat = fromArrays({ inputs: [[1, 2]], targets: [1] });
  const line = createModel({ inputShape: [2], layers: [{ type: "linear", units: 1 }] });
  await failsWith("bad-argument", () => fit(line, { ...options, data: flat, augment: ["flip"] }));
  await failsWith("unknown-field", () => fit(model, { ...options, data: pictures(3), augment: ["flop" as "flip"] }));
});
