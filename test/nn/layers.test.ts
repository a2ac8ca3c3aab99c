import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIVATIONS, type ActivationType } from "../../src/nn/activations.ts";
import { batchNorm, block, conv1d, conv2d, linear, relu, skip, tanh } from "../../src/nn/construct.ts";
import { LAYERS, type LayerInput, type LayerType } from "../../src/nn/layers.ts";
import { randomKey } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { listed, scattered } from "../autodiff/arrays.ts";
import { SPATIAL_CASES } from "./conv/cases.ts";
import { RECURRENT_CASES } from "./recurrent/cases.ts";
import { checkModelGradients, leafAt, literal, modelOf, numbersOf, PREDICTION, TRAINING } from "./support.ts";

type Plain = Exclude<LayerType, ActivationType>;

/** Every layer that is not an activation, with each of its options. */
const CASES: {
  readonly [T in Plain]: readonly { readonly inputShape: readonly number[]; readonly layer: LayerInput }[];
} = {
  linear: [
    { inputShape: [3], layer: { type: "linear", units: 2 } },
    { inputShape: [2, 3], layer: { type: "linear", units: 4, bias: false } },
    { inputShape: [3], layer: { type: "linear", units: 2, inputs: 3, init: "orthogonal", biasInit: "ones" } },
  ],
  batchNorm: [
    { inputShape: [3], layer: { type: "batchNorm" } },
    { inputShape: [2, 3], layer: { type: "batchNorm", epsilon: 0.1, decay: 0.5 } },
    { inputShape: [2, 2, 2], layer: { type: "batchNorm", affine: false } },
    { inputShape: [2, 2, 1, 2], layer: { type: "batchNorm" } },
    { inputShape: [3], layer: { type: "batchNorm", decay: "cumulative", runningVariance: "population" } },
  ],
  layerNorm: [
    { inputShape: [4], layer: { type: "layerNorm" } },
    { inputShape: [2, 3], layer: { type: "layerNorm", epsilon: 0.1 } },
    { inputShape: [2, 3], layer: { type: "layerNorm", axes: 2 } },
    { inputShape: [2, 3], layer: { type: "layerNorm", affine: false } },
  ],
  dropout: [
    { inputShape: [6], layer: { type: "dropout", rate: 0.4 } },
    { inputShape: [6], layer: { type: "dropout", rate: 0 } },
  ],
  alphaDropout: [{ inputShape: [6], layer: { type: "alphaDropout", rate: 0.4 } }],
  gaussianNoise: [{ inputShape: [6], layer: { type: "gaussianNoise", std: 0.3 } }],
  gaussianDropout: [{ inputShape: [6], layer: { type: "gaussianDropout", rate: 0.3 } }],
  flatten: [{ inputShape: [2, 3], layer: "flatten" }],
  reshape: [{ inputShape: [6], layer: { type: "reshape", shape: [2, -1] } }],
  multiHeadAttention: [
    { inputShape: [3, 4], layer: { type: "multiHeadAttention", heads: 2 } },
    { inputShape: [3, 4], layer: { type: "multiHeadAttention", heads: 4, causal: true, bias: false } },
    { inputShape: [3, 2], layer: { type: "multiHeadAttention", heads: 1, dropout: 0.3, init: "orthogonal" } },
    { inputShape: [3, 2], layer: { type: "multiHeadAttention", heads: 1, causal: true, mask: 5 } },
  ],
  positionalEncoding: [
    { inputShape: [3, 5], layer: { type: "positionalEncoding" } },
    { inputShape: [3, 2], layer: { type: "positionalEncoding", kind: "learned" } },
    { inputShape: [3, 2], layer: { type: "positionalEncoding", kind: "learned", maximumLength: 5, init: "ones" } },
  ],
  ...RECURRENT_CASES,
  ...SPATIAL_CASES,
  sequencePool: [
    { inputShape: [3, 2], layer: "sequencePool" },
    { inputShape: [3, 2], layer: { type: "sequencePool", kind: "max" } },
    { inputShape: [3, 2], layer: { type: "sequencePool", kind: "first" } },
    { inputShape: [3, 2], layer: { type: "sequencePool", kind: "last" } },
  ],
  skip: [
    { inputShape: [3], layer: skip([linear(3), tanh(), batchNorm()]) },
    { inputShape: [3], layer: skip([linear(2)], { projection: true }) },
    { inputShape: [2, 5, 4], layer: skip([conv2d(3, 3, { stride: 2, padding: 1 })], { projection: true }) },
    { inputShape: [2, 4], layer: skip([conv1d(3, 2, { stride: 2 })], { projection: true, projectionNorm: true }) },
  ],
  sequential: [{ inputShape: [3], layer: block([linear(4), block([tanh(), linear(2)]), tanh()]) }],
};

test("every layer has a case", () => {
  assert.deepEqual([...Object.keys(CASES), ...Object.keys(ACTIVATIONS)].sort(), Object.keys(LAYERS).sort());
});

for (const [type, cases] of Object.entries(CASES)) {
  for (const { inputShape, layer } of cases) {
    test(`gradients of ${type === layer ? type : JSON.stringify(layer)}`, () => {
      const model = modelOf(inputShape, layer);
      checkModelGradients(model, TRAINING, 2e-7);
      checkModelGradients(model, PREDICTION);
    });
  }
}

test("linear is x W^T + b, for vectors and along sequences", () => {
  const state = {
    parameters: { "0": { weight: literal(listed([2, 3], [1, 2, 3, 4, 5, 6])), bias: literal(listed([2], [10, 20])) } },
    buffers: {},
  };
  const vectors = modelOf([3], linear(2)).apply(state, literal(listed([1, 3], [1, 0, -1])), PREDICTION);
  assert.deepEqual(numbersOf(vectors.output), [8, 18]);
  const sequences = modelOf([2, 3], linear(2)).apply(
    state,
    literal(listed([1, 2, 3], [1, 0, -1, 1, 1, 1])),
    PREDICTION,
  );
  assert.deepEqual(sequences.output.shape, [1, 2, 2]);
  assert.deepEqual(numbersOf(sequences.output), [8, 18, 16, 35]);
});

test("layerNorm scales each sample to mean 0 and variance 1", () => {
  const model = modelOf([4], { type: "layerNorm", epsilon: 1e-12 });
  const { output } = model.apply(
    model.initialize(0),
    literal(listed([2, 4], [1, 2, 3, 4, -10, 10, -10, 10])),
    PREDICTION,
  );
  const unit = Math.sqrt(1.25);
  const expected = [-1.5 / unit, -0.5 / unit, 0.5 / unit, 1.5 / unit, -1, 1, -1, 1];
  numbersOf(output).forEach((value, index) => {
    assert.ok(
      Math.abs(value - (expected[index] as number)) < 1e-11,
      `element ${index}: ${value}, expected ${expected[index]}`,
    );
  });
});

test("skip adds its input; a projection matches different sizes", () => {
  const state = { parameters: { "0": { "0": { weight: literal(listed([2, 2], [0, 1, 1, 0])) } } }, buffers: {} };
  const plain = modelOf([2], skip([linear(2, { bias: false })])).apply(
    state,
    literal(listed([1, 2], [3, 5])),
    PREDICTION,
  );
  assert.deepEqual(numbersOf(plain.output), [8, 8]);
  const projected = modelOf([2], skip([linear(1, { bias: false })], { projection: true }));
  const branches = {
    "0": { weight: literal(listed([1, 2], [1, 1])) },
    projection: { weight: literal(listed([1, 2], [10, 100])) },
  };
  const { output, activations } = projected.apply(
    { parameters: { "0": branches }, buffers: {} },
    literal(listed([1, 2], [3, 5])),
    PREDICTION,
  );
  assert.deepEqual(numbersOf(output), [538]);
  assert.deepEqual([...activations.keys()], ["0.0", "0.projection", "0"]);
  // no projection if the sizes agree
  assert.equal(modelOf([2], skip([linear(2)], { projection: true })).layers.length, 2);
});

test("flatten and reshape keep the order of the numbers", () => {
  const x = literal(scattered([2, 2, 3]));
  const { output } = modelOf([2, 3], "flatten", { type: "reshape", shape: [3, -1] }).apply(
    { parameters: {}, buffers: {} },
    x,
    PREDICTION,
  );
  assert.deepEqual(output.shape, [2, 3, 2]);
  assert.deepEqual(numbersOf(output), numbersOf(x));
});

test("sequencePool turns a sequence into one vector", () => {
  const x = literal(listed([1, 3, 2], [1, 5, 4, -2, -2, 9]));
  const results = { mean: [1, 4], max: [4, 9], first: [1, 5], last: [-2, 9] } as const;
  for (const [kind, expected] of Object.entries(results) as [keyof typeof results, readonly number[]][]) {
    const { output } = modelOf([3, 2], { type: "sequencePool", kind }).apply(
      { parameters: {}, buffers: {} },
      x,
      PREDICTION,
    );
    assert.deepEqual(output.shape, [1, 2]);
    assert.deepEqual(numbersOf(output), expected);
  }
});

test("a tap sees and may replace every layer's output", () => {
  const model = modelOf([2], linear(2), block([relu(), linear(1)]), tanh());
  const state = model.initialize(1);
  const x = literal(scattered([3, 2]));
  const paths: string[] = [];
  const tap = (path: string, y: Tensor): Tensor => {
    paths.push(path);
    return path === "1.0" ? y.mul(0) : y;
  };
  const { output, activations } = model.apply(state, x, { training: false, tap });
  assert.deepEqual(paths, ["0", "1.0", "1.1", "1", "2"]);
  assert.deepEqual([...activations.keys()], paths);
  assert.deepEqual(numbersOf(activations.get("1.0") as Tensor), [0, 0, 0, 0, 0, 0]);
  // only the bias, which is 0, remains
  assert.deepEqual(numbersOf(output), [0, 0, 0]);
  assert.equal(leafAt(state.parameters, "1.1.weight").shape.join(), "1,2");
});

test("layers of one model draw different numbers, the same layer the same", () => {
  const model = modelOf([200], { type: "dropout", rate: 0.5 }, { type: "dropout", rate: 0.5 });
  const x = literal(listed([1, 200], new Array<number>(200).fill(1)));
  const draw = (seed: number): number[] => {
    const { activations } = model.apply({ parameters: {}, buffers: {} }, x, { training: true, key: randomKey(seed) });
    return numbersOf(activations.get("1") as Tensor);
  };
  const values = draw(1);
  // both keep a quarter; equal masks would keep a half
  const kept = values.filter((value) => value !== 0).length;
  assert.ok(kept > 20 && kept < 80, `${kept} of 200 kept by two masks`);
  assert.deepEqual(draw(1), values);
  assert.notDeepEqual(draw(2), values);
});
