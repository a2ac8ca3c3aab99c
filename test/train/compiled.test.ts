import assert from "node:assert/strict";
import { after, test } from "node:test";
import { blobs } from "../../src/data/synthetic/blobs.ts";
import { createModel } from "../../src/nn/model.ts";
import { fit } from "../../src/train/fit.ts";
import { compiledBackends } from "../engine/backends.ts";
import { classifier, clouds, tiny, valuesOf } from "./tiny.ts";

const backends = compiledBackends({ threads: 2 });
after(() => {
  for (const backend of backends) backend.dispose();
});

for (const backend of backends) {
  test(`training agrees with the reference: ${backend.description}`, async () => {
    const layers = [{ type: "linear", units: 8 }, { type: "batchNorm" }, { type: "leakyRelu" }] as const;
    const options = {
      ...tiny,
      data: clouds(40),
      epochs: 4,
      validationSplit: 8,
      clip: { type: "globalNorm", maxNorm: 1 },
    } as const;
    const exact = await fit(classifier(layers), options);
    const fast = await fit(classifier(layers), { ...options, backend });
    exact.history.forEach(({ train, validation }, epoch) => {
      const other = fast.history[epoch];
      assert.ok(
        Math.abs(train.loss - (other?.train.loss ?? 9)) < 1e-4,
        `epoch ${epoch + 1}: ${train.loss}, ${other?.train.loss}`,
      );
      assert.equal(other?.validation?.accuracy, validation?.accuracy);
    });
  });

  test(`threads of one program do not overwrite each other's work, every run gives the same bits: ${backend.description}`, async () => {
    // layers of different widths: their products pack panels of different sizes, with no barrier between some of them
    const layers = [
      { type: "linear", units: 160 },
      { type: "relu" },
      { type: "linear", units: 24 },
      { type: "dropout", rate: 0.2 },
      { type: "relu" },
    ] as const;
    const model = createModel({ inputShape: [300], layers: [...layers, { type: "linear", units: 5 }] });
    const data = blobs({ samples: 1280, features: 300, classes: 5, spread: 3, seed: 4 });
    const run = async () => {
      const options = { loss: "softmaxCrossEntropy", optimizer: "sgd", batchSize: 128, epochs: 8, seed: 2 } as const;
      return valuesOf((await fit(model, { ...options, data, gradientNorms: true, backend })).state);
    };
    const first = await run();
    for (let again = 0; again < 3; again++) assert.deepEqual(await run(), first);
  });
}
