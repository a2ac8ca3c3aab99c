import assert from "node:assert/strict";
import { test } from "node:test";
import { blobs } from "../../src/data/synthetic/blobs.ts";
import { createModel } from "../../src/nn/model.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { fit } from "../../src/train/fit.ts";
import { compiledBackends, NATIVE_SETS } from "../engine/backends.ts";
import { valuesOf } from "./tiny.ts";

/** Everything that draws numbers or keeps statistics: initial weights, the order of examples, dropout, batch normalisation, moments. */
const model = createModel({
  inputShape: [60],
  layers: [
    { type: "linear", units: 70 },
    { type: "batchNorm" },
    { type: "leakyRelu" },
    { type: "dropout", rate: 0.3 },
    { type: "linear", units: 33 },
    { type: "batchNorm" },
    { type: "tanh" },
    { type: "dropout", rate: 0.1 },
    { type: "linear", units: 5 },
  ],
});
const data = blobs({ samples: 470, features: 60, classes: 5, spread: 3, seed: 6 });

/** The losses of each epoch, then all weights and running statistics; the last batch of an epoch is smaller than the others. */
async function train(backend: Backend) {
  const options = { loss: "softmaxCrossEntropy", optimizer: "adam", batchSize: 64, epochs: 3, seed: 9 } as const;
  const { history, state } = await fit(model, { ...options, data, validationSplit: 50, backend });
  return { losses: history.map((epoch) => [epoch.train.loss, epoch.validation?.loss]), values: await valuesOf(state) };
}

for (const [index, name] of ["wasm", ...NATIVE_SETS].entries()) {
  test(`a run with a seed gives the same bits again, on one, two and three threads: ${name}`, async () => {
    const first: Awaited<ReturnType<typeof train>>[] = [];
    for (const threads of [1, 2, 3]) {
      for (const _ of ["once", "again, on a new device"]) {
        const backends = compiledBackends({ threads });
        const result = await train(backends[index] as Backend);
        for (const backend of backends) backend.dispose();
        first.push(result);
        assert.ok(result.losses.flat().every(Number.isFinite), JSON.stringify(result.losses));
        assert.deepEqual(result, first[0], `${threads} threads`);
      }
    }
  });
}
