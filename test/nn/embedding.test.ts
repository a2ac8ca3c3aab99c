import assert from "node:assert/strict";
import { test } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import { embedding } from "../../src/nn/construct.ts";
import { createModel } from "../../src/nn/model.ts";
import { checkGradients } from "../../src/tensor/check-gradients.ts";
import { grad } from "../../src/tensor/grad.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { listed, scattered } from "../autodiff/arrays.ts";
import { literal, modelOf, numbersOf, PREDICTION } from "./support.ts";

const TABLE = listed([3, 2], [1, 2, 3, 4, 5, 6]);
const stateOf = (weight: Tensor) => ({ parameters: { "0": { weight } }, buffers: {} });

test("embedding reads one row per index, for one index per sample and for sequences", () => {
  const vectors = modelOf([], embedding(3, 2)).apply(stateOf(literal(TABLE)), literal(listed([2], [2, 0])), PREDICTION);
  assert.deepEqual(vectors.output.shape, [2, 2]);
  assert.deepEqual(numbersOf(vectors.output), [5, 6, 1, 2]);
  const indices = literal(listed([2, 3], [0, 1, 2, 1, 1, 0]));
  const sequences = modelOf([3], embedding(3, 2)).apply(stateOf(literal(TABLE)), indices, PREDICTION);
  assert.deepEqual(sequences.output.shape, [2, 3, 2]);
  assert.deepEqual(numbersOf(sequences.output), [1, 2, 3, 4, 5, 6, 3, 4, 3, 4, 1, 2]);
});

test("a given index outside the vocabulary is refused; a computed one reads the nearer end, as documented", () => {
  const given = literal(listed([1, 2], [-4, 9]));
  const read = (x: Tensor) => modelOf([2], embedding(3, 2)).apply(stateOf(literal(TABLE)), x, PREDICTION).output;
  assert.deepEqual(numbersOf(read(given.mul(1))), [1, 2, 5, 6]);
  assert.throws(
    () => read(given),
    (error: unknown) => error instanceof GradusError && error.code === "bad-argument",
  );
});

test("the padding's vector is 0 and gets no gradient; a row read twice gets both", () => {
  const model = modelOf([4], embedding(3, 2, { padding: 1 }));
  const indices = literal(listed([1, 4], [0, 1, 2, 0]));
  const { output } = model.apply(stateOf(literal(TABLE)), indices, PREDICTION);
  assert.deepEqual(numbersOf(output), [1, 2, 0, 0, 5, 6, 1, 2]);
  const factors = literal(listed([1, 4, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
  const gradient = grad((weight: Tensor) =>
    model.apply(stateOf(weight), indices, PREDICTION).output.mul(factors).sum(),
  )(literal(TABLE)) as Tensor;
  assert.deepEqual(numbersOf(gradient), [1 + 7, 2 + 8, 0, 0, 5, 6]);
});

test("gradients of the table against differences", () => {
  const indices = literal(listed([2, 3], [0, 4, 2, 2, 1, 4]));
  for (const layer of [embedding(5, 2), embedding(5, 2, { padding: 4 })]) {
    const model = modelOf([3], layer);
    checkGradients((weight: Tensor) => model.apply(stateOf(weight), indices, PREDICTION).output, [scattered([5, 2])]);
  }
});

test("a vector with the padding's index is padding for a recurrent layer with mask 0", () => {
  const layers = [embedding(4, 3, { padding: 0 }), { type: "lstm", units: 2, mask: 0 } as const];
  const padded = modelOf([4], ...layers);
  const { parameters } = padded.initialize(1);
  const long = padded.apply({ parameters, buffers: {} }, literal(listed([1, 4], [3, 2, 0, 0])), PREDICTION);
  const short = modelOf([2], ...layers).apply({ parameters, buffers: {} }, literal(listed([1, 2], [3, 2])), PREDICTION);
  assert.deepEqual(numbersOf(long.output), numbersOf(short.output));
});

test("a padding outside the vocabulary is refused", () => {
  assert.throws(
    () => createModel({ inputShape: [3], layers: [embedding(4, 2, { padding: 4 })] }),
    (error) =>
      error instanceof GradusError && /padding must be an index below the vocabulary of 4, got 4/.test(error.message),
  );
});
