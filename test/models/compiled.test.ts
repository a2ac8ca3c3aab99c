import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Dataset } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { characterWindows, vocabularyOf } from "../../src/data/text.ts";
import { charGru } from "../../src/models/char-gru.ts";
import { cnn32x64 } from "../../src/models/cnn.ts";
import { resnet } from "../../src/models/resnet.ts";
import { rowLstm } from "../../src/models/row-lstm.ts";
import { transformer } from "../../src/models/transformer.ts";
import { createModel, type ModelInput } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { fit } from "../../src/train/fit.ts";
import { scattered } from "../autodiff/arrays.ts";
import { compiledBackends } from "../engine/backends.ts";

const SAMPLES = 12;

/** Scattered numbers of three classes. */
function numbers(inputShape: readonly number[]): Dataset {
  const { data } = scattered([SAMPLES, ...inputShape], 7);
  const targets = Int32Array.from({ length: SAMPLES }, (_, i) => (i * 5) % 3);
  return fromArrays({ inputs: Float32Array.from(data), inputShape, targets, classes: 3 });
}

function letters(make: (vocabulary: number, length: number) => ModelInput): readonly [ModelInput, Dataset] {
  const text = "a barbaric rhubarb bar ".repeat(5);
  const vocabulary = vocabularyOf(text);
  const length = 7;
  return [make(vocabulary.characters.length, length), characterWindows(text, { vocabulary, length }).take(SAMPLES)];
}

/** Small networks of each kind, with data to learn. */
const NETWORKS: { readonly [name: string]: readonly [ModelInput, Dataset] } = {
  CNN: [cnn32x64({ classes: 3, size: 8, filters: [3, 5], hidden: 6, dropout: 0.3 }), numbers([1, 8, 8])],
  ResNet: [resnet({ depth: 8, width: 3, classes: 3, channels: 2, size: 8 }), numbers([2, 8, 8])],
  "row LSTM": [rowLstm({ classes: 3, steps: 5, features: 4, units: 6 }), numbers([5, 4])],
  "character GRU": letters((vocabulary, length) => charGru({ vocabulary, length, units: 8, embedding: 5, layers: 2 })),
  transformer: letters((vocabulary, length) =>
    transformer({ vocabulary, length, units: 8, heads: 2, blocks: 1, dropout: 0.1 }),
  ),
};

const backends = compiledBackends({ threads: 2 });
after(() => {
  for (const backend of backends) backend.dispose();
});

for (const [name, [network, data]] of Object.entries(NETWORKS)) {
  const lossesOn = async (backend: (typeof backends)[number]): Promise<number[]> => {
    const { history } = await fit(createModel(network), {
      data,
      loss: "softmaxCrossEntropy",
      optimizer: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
      clip: { type: "globalNorm", maxNorm: 1 },
      epochs: 3,
      batchSize: 5,
      seed: 3,
      backend,
    });
    return history.map(({ train: { loss } }) => loss);
  };
  const exact = lossesOn(createReferenceBackend());
  for (const backend of backends) {
    test(`${name}: training matches the reference: ${backend.description}`, async () => {
      const expected = await exact;
      (await lossesOn(backend)).forEach((loss, epoch) => {
        const other = expected[epoch] as number;
        assert.ok(Math.abs(loss - other) < 1e-4 * other, `epoch ${epoch + 1}: ${loss}, expected ${other}`);
      });
      assert.notEqual(expected[2], expected[0]);
    });
  }
}
