import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel, type Model } from "../../src/nn/model.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { fit } from "../../src/train/fit.ts";
import { predict } from "../../src/train/predict.ts";
import { failsWith, tiny } from "./tiny.ts";

const VOCABULARY = 5;
const reader: LayerInput = { type: "embedding", vocabulary: VOCABULARY, units: 2 };

function reading(...first: readonly LayerInput[]): Model {
  return createModel({ inputShape: [3], layers: [...first, "flatten", { type: "linear", units: 2 }] });
}

/** 1100 samples of three indices each, one of them replaced. */
function sequences(value: number, row = 1030, column = 2) {
  const inputs = Float32Array.from({ length: 3300 }, (_, place) => (place * 7) % VOCABULARY);
  inputs[row * 3 + column] = value;
  const targets = Int32Array.from({ length: 1100 }, (_, place) => place % 2);
  return fromArrays({ name: "words", inputs, inputShape: [3], targets, classes: 2 });
}

test("an index outside the vocabulary is refused before training, with sample, position and vocabulary", async () => {
  for (const value of [VOCABULARY, -1, 1.5]) {
    let events = 0;
    const error = await failsWith("bad-data", () =>
      fit(reading(reader), { ...tiny, data: sequences(value), onEvent: () => void events++ }),
    );
    assert.equal(events, 0, "the run had begun");
    assert.deepEqual(
      [error.values.where, error.values.row, error.values.column, error.values.value, error.values.vocabulary],
      ["dataset words", 1030, 2, value, VOCABULARY],
    );
  }
});

test("also in validation data, in evaluation and in prediction", async () => {
  const model = reading(reader);
  const state = model.initialize(1);
  const { backend, loss } = tiny;
  const bad = sequences(9, 4, 1);
  await failsWith("bad-data", () => fit(model, { ...tiny, data: { train: sequences(0).take(8), validation: bad } }));
  await failsWith("bad-data", () => evaluate(model, state, bad, { loss, backend }));
  await failsWith("bad-data", () => predict(model, state, bad, { backend }));
  const { inputs } = bad.take(6).toArrays();
  const { values } = await failsWith("bad-data", () => predict(model, state, inputs, { backend }));
  assert.deepEqual([values.row, values.column, values.value], [4, 1, 9]);
});

test("an embedding also reads the inputs after a reshape, and inside containers", async () => {
  const bad = sequences(7);
  const inside = reading({ type: "sequential", layers: [{ type: "reshape", shape: [3] }, reader] });
  await failsWith("bad-data", () => fit(inside, { ...tiny, data: bad }));
});

test("indices within the vocabulary, and numbers that no embedding reads, are accepted", async () => {
  const rows = sequences(VOCABULARY - 1).subset({ from: 1025, to: 1035 });
  const { history } = await fit(reading(reader), { ...tiny, epochs: 1, data: rows });
  assert.ok(Number.isFinite(history[0]?.train.loss));
  const fractions = sequences(-0.5).subset({ from: 1025, to: 1035 });
  await fit(reading({ type: "linear", units: 2 }), { ...tiny, epochs: 1, data: fractions });
  // the output of another layer is not an input
  await fit(reading("relu", reader), { ...tiny, epochs: 1, data: fractions });
});
