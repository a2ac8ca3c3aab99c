import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { treeLeaves } from "../../src/core/tree.ts";
import {
  conv1d,
  conv2d,
  depthwiseConv2d,
  embedding,
  globalAvgPool,
  gru,
  linear,
  lstm,
  multiHeadAttention,
  skip,
} from "../../src/nn/construct.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel } from "../../src/nn/model.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { weightLayout } from "../../src/train/weight-layout.ts";

interface Case {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerInput[];
  /** shapes of stored weights that differ from the layer's */
  readonly stored: Readonly<Record<string, readonly number[]>>;
}

const CASES: readonly Case[] = [
  { name: "linear", inputShape: [5], layers: [linear(3)], stored: { "0.weight": [5, 3] } },
  {
    name: "convolution, with a projection beside it",
    inputShape: [2, 6, 6],
    layers: [skip([conv2d(4, 3, { padding: "same" })], { projection: true }), globalAvgPool()],
    stored: { "0.0.weight": [3, 3, 2, 4], "0.projection.weight": [1, 1, 2, 4] },
  },
  { name: "one axis", inputShape: [2, 6], layers: [conv1d(4, 3)], stored: { "0.weight": [3, 2, 4] } },
  {
    name: "groups stay",
    inputShape: [4, 6, 6],
    layers: [conv2d(4, 3, { groups: 2 }), depthwiseConv2d(3)],
    stored: {},
  },
  {
    name: "both directions, then a single one",
    inputShape: [4, 3],
    layers: [lstm(5, { bidirectional: true, returnSequences: true }), gru(2)],
    stored: {
      "0.forward.inputWeight": [3, 20],
      "0.forward.recurrentWeight": [5, 20],
      "0.backward.inputWeight": [3, 20],
      "0.backward.recurrentWeight": [5, 20],
      "1.inputWeight": [10, 6],
      "1.recurrentWeight": [2, 6],
    },
  },
  {
    name: "attention; an embedding's rows are looked up where they are",
    inputShape: [4],
    layers: [embedding(7, 6), multiHeadAttention(2)],
    stored: { "1.inputWeight": [6, 18], "1.outputWeight": [6, 6] },
  },
];

/** Initial values have more digits than a backend keeps. */
const numbersOf = async (array: Tensor) => Float32Array.from(await array.data(), Number);

describe("weights as a predictor keeps them", () => {
  for (const { name, inputShape, layers, stored } of CASES) {
    test(name, async () => {
      const model = createModel({ inputShape, layers });
      const { parameters } = model.initialize(1);
      const layout = weightLayout(model);
      const kept = layout.store(parameters);
      const shapes = new Map(treeLeaves(kept).map(({ path, leaf }) => [path, leaf.shape]));
      const given = treeLeaves(parameters);
      for (const { path, leaf } of given) assert.deepEqual(shapes.get(path), stored[path] ?? leaf.shape, path);
      for (const path of Object.keys(stored)) assert.ok(shapes.has(path), path);
      const back = treeLeaves(layout.restore(kept));
      for (const [at, { path, leaf }] of back.entries()) {
        assert.equal(path, given[at]?.path);
        assert.deepEqual(await numbersOf(leaf), await numbersOf(given[at]?.leaf as Tensor), path);
      }
    });
  }
});
