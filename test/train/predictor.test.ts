import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { softmax } from "../../src/nn/activations/softmax.ts";
import type { ModelConfig } from "../../src/nn/model.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { predict } from "../../src/train/predict.ts";
import { createPredictor } from "../../src/train/predictor.ts";
import { compiledBackends } from "../engine/backends.ts";
import { classifier, failsWith } from "./tiny.ts";

const reference = createReferenceBackend();
const backends = [reference, ...compiledBackends({ threads: 1 }), ...compiledBackends({ threads: 2 })];

/** Rows (n, …shape) of values that say where they stand. */
function rows(count: number, shape: readonly number[]): HostArray & { readonly data: Float32Array } {
  const data = Float32Array.from({ length: count * sizeOf(shape) }, (_, index) => Math.sin(1.7 * index) * 2);
  return { shape: [count, ...shape], dtype: "float32", data };
}

const MODELS: Readonly<Record<string, ModelConfig>> = {
  "a network of three layers": {
    inputShape: [37],
    layers: [
      { type: "linear", units: 50 },
      { type: "relu" },
      { type: "linear", units: 20 },
      { type: "tanh" },
      { type: "linear", units: 3 },
    ],
  },
  "normalisation and a skip": {
    inputShape: [16],
    layers: [
      { type: "batchNorm" },
      { type: "skip", layers: [{ type: "linear", units: 16 }, { type: "layerNorm" }, { type: "gelu" }] },
      { type: "dropout", rate: 0.5 },
      { type: "linear", units: 5 },
      { type: "softmax" },
    ],
  },
  convolutions: {
    inputShape: [2, 9, 9],
    layers: [
      { type: "conv2d", filters: 6, kernel: 3, padding: "same" },
      { type: "relu" },
      { type: "maxPool2d", window: 2 },
      { type: "flatten" },
      { type: "linear", units: 4 },
    ],
  },
  "a recurrence": {
    inputShape: [5, 3],
    layers: [
      { type: "lstm", units: 7 },
      { type: "linear", units: 2 },
    ],
  },
};

for (const [name, config] of Object.entries(MODELS)) {
  test(`the same bits as predict, whatever the batch: ${name}`, async () => {
    const model = createModel(config);
    const state = model.initialize(3);
    for (const backend of backends) {
      using predictor = await createPredictor(model, state, { backend, batchSize: 16 });
      for (const count of [1, 2, 3, 7, 16, 21, 40]) {
        const x = rows(count, model.inputShape);
        const { mean } = await predict(model, state, x, { backend });
        assert.deepEqual(predictor.run(x), mean, `${backend.description}, ${count} rows`);
        assert.deepEqual(await predictor.predict(x), mean, `${backend.description}, ${count} rows, later`);
      }
    }
  });
}

test("one program per size, none per call", async () => {
  const model = classifier();
  const predictor = await createPredictor(model, model.initialize(1), { backend: reference, batchSize: 6 });
  const counts = (): number => predictor.compilations;
  assert.equal(counts(), 1, "for one row, at once");
  for (let turn = 0; turn < 5; turn++) predictor.run([turn, 1]);
  await predictor.predict([0, 1]);
  assert.equal(counts(), 1);
  for (const count of [3, 4, 3, 4]) predictor.run(rows(count, [2]));
  assert.equal(counts(), 2, "three rows are padded to four");
  for (const count of [5, 6, 12]) await predictor.predict(rows(count, [2]));
  assert.equal(counts(), 3, "five to the largest");
  predictor.run(rows(8, [2]));
  assert.equal(counts(), 4, "six, and two");
  predictor.dispose();

  const warm = await createPredictor(model, model.initialize(1), { backend: reference, warmUp: [1, 3, 4, 200] });
  assert.equal(warm.compilations, 3);
  for (const count of [1, 3, 4, 129, 256]) warm.run(rows(count, [2]));
  assert.equal(warm.compilations, 3);
  const cold = await createPredictor(model, model.initialize(1), { backend: reference, warmUp: [] });
  assert.equal(cold.compilations, 0);
});

test("one row in any form, and outputs that are the caller's own", async () => {
  const model = createModel({ inputShape: [2, 2], layers: [{ type: "flatten" }, { type: "linear", units: 3 }] });
  const state = model.initialize(5);
  for (const backend of backends) {
    using predictor = await createPredictor(model, state, { backend, transform: softmax });
    const { mean } = await predict(model, state, [[[1, 2], [3, 4]]], { backend, transform: softmax }); // biome-ignore format: a row
    const forms = [
      [1, 2, 3, 4],
      [[1, 2], [3, 4]], // biome-ignore format: a row
      [[[1, 2], [3, 4]]], // biome-ignore format: a row
      Float32Array.of(1, 2, 3, 4),
      Uint8Array.of(1, 2, 3, 4),
      { shape: [2, 2], dtype: "float32", data: Float64Array.of(1, 2, 3, 4) } as const,
      { shape: [1, 2, 2], dtype: "float32", data: Float32Array.of(1, 2, 3, 4) } as const,
    ];
    for (const form of forms) {
      const output = predictor.run(form);
      assert.deepEqual(output, mean);
      output.data.fill(0);
    }
    assert.deepEqual(predictor.run(rows(0, [2, 2])), { shape: [0, 3], dtype: "float32", data: new Float32Array(0) });
  }
});

test("NaN and infinity go through, in their own row", async () => {
  const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 2 }] });
  const state = model.initialize(1);
  for (const backend of backends) {
    using predictor = await createPredictor(model, state, { backend });
    const x = { shape: [3, 2], dtype: "float32", data: Float32Array.of(Number.NaN, 1, 2, 3, Infinity, 0) } as const;
    const { mean } = await predict(model, state, x, { backend });
    const { data } = predictor.run(x);
    assert.deepEqual(data, mean.data);
    assert.deepEqual([...data].map(Number.isFinite), [false, false, true, true, false, false]);
  }
});

test("the weights are those of the moment it was made", async () => {
  const model = classifier();
  const state = model.initialize(2);
  const [leaf] = Object.values(Object.values(state.parameters)[0] as Record<string, { array(): Promise<HostArray> }>);
  const array = await (leaf as { array(): Promise<HostArray> }).array();
  const predictor = await createPredictor(model, state, { backend: reference });
  const before = predictor.run([1, 2]);
  array.data.fill(7);
  assert.deepEqual(predictor.run([1, 2]), before);
});

test("wrong rows, wrong options and a disposed predictor", async () => {
  const model = classifier();
  const state = model.initialize(0);
  const predictor = await createPredictor(model, state, { backend: reference });
  const wrong = [
    [1, 2, 3],
    [[1, 2, 3]],
    Float32Array.of(1),
    rows(4, [3]),
    [[1, 2], [3]],
    ["a", "b"],
    "ab",
    5,
    null,
    {},
  ];
  for (const inputs of [...wrong, { shape: [1, 2], dtype: "int32", data: Int32Array.of(1, 2) }]) {
    const call = () => predictor.run(inputs as never);
    assert.throws(call, (error: { code?: string }) =>
      ["bad-argument", "shape-mismatch"].includes(error.code as string),
    );
    await assert.rejects(predictor.predict(inputs as never));
  }
  assert.throws(() => predictor.run(Float32Array.of(1, 2, 3)), { message: /a row has 2 numbers, got 3/ });
  const words = createModel({ inputShape: [2], layers: [{ type: "embedding", vocabulary: 3, units: 2 } as never] });
  using embedded = await createPredictor(words, words.initialize(0), { backend: reference });
  assert.throws(() => embedded.run([1, 3]), { code: "bad-data", message: /^predictor: sample 0, position 1 is 3/ });
  const other = classifier([{ type: "linear", units: 9 }]);
  await failsWith("shape-mismatch", () => createPredictor(other, state, { backend: reference }));
  await failsWith("bad-argument", () => createPredictor(model, state, { batchSize: 4, warmUp: [5] }));
  await failsWith("bad-argument", () => createPredictor(model, state, { warmUp: [0] }));
  predictor.dispose();
  predictor.dispose();
  assert.throws(() => predictor.run([1, 2]), { code: "disposed" });
  await failsWith("disposed", () => predictor.predict([1, 2]));
});
