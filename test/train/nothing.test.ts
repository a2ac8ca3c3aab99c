import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { predict } from "../../src/train/predict.ts";
import { failure } from "../data/errors.ts";
import { compiledBackends } from "../engine/backends.ts";

const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 3 }] });
const state = model.initialize(0);
const nothing = fromArrays({ inputs: [[1, 2]], targets: [0], classes: 3 }).subset([]);

for (const backend of [createReferenceBackend(), ...compiledBackends({ threads: 1 })]) {
  test(`${backend.name}: evaluate without samples is refused; predict without samples gives an empty result`, async () => {
    await assert.rejects(
      evaluate(model, state, nothing, { loss: "softmaxCrossEntropy", backend }),
      failure("empty-dataset"),
    );
    for (const inputs of [nothing, { shape: [0, 2], dtype: "float32", data: new Float32Array(0) } as const]) {
      const { mean } = await predict(model, state, inputs, { backend });
      assert.deepEqual([mean.shape, mean.data.length], [[0, 3], 0]);
    }
  });
}
