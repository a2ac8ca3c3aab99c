import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import type { StepEnded } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { compiledBackends } from "../engine/backends.ts";
import { valuesOf } from "./tiny.ts";

const backends = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];

// a padded label is -1; the second of two batches contains only padding
const inputs = [[1, 0.5], [-1, 2], [3, 3], [4, -4]]; // biome-ignore format: a matrix
const data = fromArrays({ inputs, targets: [0, 1, 0, 1], classes: 2 });
const half = fromArrays({ inputs: inputs.slice(0, 2), targets: [0, 1], classes: 2 });
const padded = fromArrays({ inputs, targets: [0, 1, 2, 2], classes: 3 });
const model = createModel({
  inputShape: [2],
  layers: [{ type: "linear", units: 4 }, { type: "batchNorm" }, { type: "tanh" }, { type: "linear", units: 3 }],
});
const settings = {
  optimizer: { type: "adamw", learningRate: 0.1, decoupledWeightDecay: 0.1 },
  regularizer: { l2: 0.01 },
  clip: { type: "globalNorm", maxNorm: 1 },
  batchSize: 2,
  epochs: 1,
  shuffle: false,
  metrics: ["accuracy"],
} as const;
const LOSSES = [
  { type: "softmaxCrossEntropy", ignoreIndex: 2 },
  { type: "softmaxCrossEntropy", classWeights: [1, 1, 0] },
] as const;

for (const backend of backends)
  for (const loss of LOSSES)
    test(`a batch with nothing to learn has no effect: ${Object.keys(loss)[1]}, ${backend.description}`, async () => {
      const losses: number[] = [];
      const stepEnded = (event: StepEnded) => void losses.push(event.loss);
      const whole = await fit(model, { ...settings, loss, data: padded, backend, callbacks: [{ stepEnded }] });
      const part = await fit(model, { ...settings, loss, data: half, backend });
      assert.deepEqual(await valuesOf(whole.state), await valuesOf(part.state));
      assert.equal(losses.length, 2);
      assert.ok(losses.every(Number.isFinite));
      // the means are over the labels that count
      assert.equal(whole.history[0]?.train.loss, part.history[0]?.train.loss);
      if (!("ignoreIndex" in loss)) return;
      assert.equal(whole.history[0]?.train.accuracy, part.history[0]?.train.accuracy);
      for (const batchSize of [1, 2, 3, 4]) {
        const found = await evaluate(model, part.state, padded, { loss, batchSize, backend });
        const expected = await evaluate(model, part.state, half, { loss, backend });
        assert.ok(Math.abs(found.loss - expected.loss) < 1e-6);
        assert.equal(found.accuracy, expected.accuracy);
      }
    });

test("if no label counts at all, the loss is 0 and nothing is learned", async () => {
  const loss = { type: "softmaxCrossEntropy", ignoreIndex: 2 } as const;
  const nothing = fromArrays({ inputs, targets: [2, 2, 2, 2], classes: 3 });
  const before = model.initialize(0);
  const result = await fit(model, { ...settings, loss, data: nothing, seed: 0, backend: backends[0] });
  assert.equal(result.reason, "finished");
  assert.equal(result.history[0]?.train.loss, 0);
  assert.deepEqual([...(await valuesOf(result.state)).values()], [...(await valuesOf(before)).values()]);
  assert.equal((await evaluate(model, before, nothing, { loss, backend: createReferenceBackend() })).loss, 0);
});

test("other batches learn as usual", async () => {
  const loss = { type: "softmaxCrossEntropy", ignoreIndex: -1 } as const;
  const ignoring = await fit(model, { ...settings, loss, data, backend: backends[0] });
  const plain = await fit(model, { ...settings, loss: "softmaxCrossEntropy", data, backend: backends[0] });
  assert.deepEqual(await valuesOf(ignoring.state), await valuesOf(plain.state));
});
