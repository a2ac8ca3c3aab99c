import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { loadModel, saveModel } from "../../src/files/model-file.ts";
import { createModel } from "../../src/nn/model.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { fit } from "../../src/train/fit.ts";
import { predict } from "../../src/train/predict.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "../io/scratch.ts";

const folder = scratchFolder();
const rows = Array.from({ length: 12 }, (_, row) => [row / 12, ((row * 5) % 12) / 12]);
const targets = rows.map(([a = 0, b = 0]) => 3 * a - b);
const named = (featureNames: readonly string[], inputs = rows) =>
  fromArrays({ name: featureNames.join(""), inputs, targets, featureNames });
const ab = named(["a", "b"]);
const ba = named(
  ["b", "a"],
  rows.map((row) => row.toReversed()),
);
const ac = named(["a", "c"]);
const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 1 }] });
const options = {
  loss: "mse",
  optimizer: { type: "sgd", learningRate: 0.1 },
  epochs: 3,
  backend: "reference",
} as const;

test("validation, evaluation and prediction take features by name, from a checkpoint too", async () => {
  const plain = await fit(model, { ...options, data: { train: ab, validation: ab } });
  const swapped = await fit(model, { ...options, data: { train: ab, validation: ba } });
  assert.deepEqual(swapped.history.at(-1)?.validation, plain.history.at(-1)?.validation);
  const { state } = plain;
  const file = join(folder, "named.safetensors");
  await saveModel(file, { model, state, about: null });
  const how = { loss: "mse", backend: "reference" } as const;
  for (const each of [state, { ...state }, loadModel(file).state]) {
    assert.deepEqual(await evaluate(model, each, ba, how), await evaluate(model, each, ab, how));
    const [one, other] = [
      await predict(model, each, ab, { backend: "reference" }),
      await predict(model, each, ba, { backend: "reference" }),
    ];
    assert.deepEqual(other, one);
    await assert.rejects(evaluate(model, each, ac, how), failure("shape-mismatch", { missing: ["b"], foreign: ["c"] }));
    await assert.rejects(
      predict(model, each, ac, { backend: "reference" }),
      failure("shape-mismatch", { missing: ["b"], foreign: ["c"] }),
    );
  }
  const further = await fit(model, { ...options, data: ba, initialState: state });
  const same = await fit(model, { ...options, data: ab, initialState: state });
  assert.deepEqual(further.history.at(-1)?.train, same.history.at(-1)?.train);
  await assert.rejects(
    fit(model, { ...options, data: { train: ab, validation: ac } }),
    failure("shape-mismatch", { missing: ["b"], foreign: ["c"] }),
  );
});

test("data without names are matched by position", async () => {
  const unnamed = fromArrays({ inputs: rows, targets });
  const { state } = await fit(model, { ...options, data: ab });
  const how = { loss: "mse", backend: "reference" } as const;
  assert.deepEqual(await evaluate(model, state, unnamed, how), await evaluate(model, state, ab, how));
});
