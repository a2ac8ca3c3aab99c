import assert from "node:assert/strict";
import { test } from "node:test";
import { charGru } from "../../src/models/char-gru.ts";
import { cnn32x64 } from "../../src/models/cnn.ts";
import { resnet } from "../../src/models/resnet.ts";
import { rowLstm } from "../../src/models/row-lstm.ts";
import { transformer } from "../../src/models/transformer.ts";
import { vgg } from "../../src/models/vgg.ts";
import { createModel, type ModelConfig, type ModelInput } from "../../src/nn/model.ts";
import { listed } from "../autodiff/arrays.ts";
import { checkModelGradients, literal, numbersOf, PREDICTION, TRAINING } from "../nn/support.ts";

/** A network, its output and its number of parameters, counted by hand. */
interface Known {
  readonly network: ModelInput;
  readonly outputShape: readonly number[];
  readonly parameters: number;
}

const KNOWN: { readonly [name: string]: Known } = {
  // 32 x 9 + 32; 64; 64 x 32 x 9 + 64; 128; 128 x 64 x 7 x 7 + 128; 10 x 128 + 10
  "CNN 32-64": { network: cnn32x64(), outputShape: [10], parameters: 320 + 64 + 18_496 + 128 + 401_536 + 1290 },
  // weights 9 x (3 x 32 + 32 x 32 + 32 x 64 + 64 x 64 + 64 x 128 + 128 x 128), norms 2 x 2 x (32 + 64 + 128)
  "small VGG": {
    network: vgg(),
    outputShape: [10],
    parameters: 9 * (96 + 1024 + 2048 + 4096 + 8192 + 16_384) + 4 * 224 + (256 * 128 * 16 + 256) + 2570,
  },
  // the known count of ResNet-20 with projections, option B; with padded copies it is 269,722
  "ResNet-20": { network: resnet(), outputShape: [10], parameters: 272_474 },
  // convolutions 9 x (3 w + 2 w^2 + 2 w^2 + 4 w^2 + 8 w^2 + 16 w^2), projections 2 w^2 + 8 w^2, norms 2 x (3 + 6 + 12) w, 4 w x 7 + 7
  "ResNet-8, 4 filters": {
    network: resnet({ depth: 8, width: 4, classes: 7, size: 8 }),
    outputShape: [7],
    parameters: 9 * (12 + 32 * 16) + 10 * 16 + 2 * 21 * 4 + 119,
  },
  // 4 x 128 rows of 28 inputs, 128 states and a bias; 10 x 128 + 10
  "row LSTM": { network: rowLstm(), outputShape: [10], parameters: 512 * (28 + 128 + 1) + 1290 },
  // 50 x 32; 3 x 128 rows of 32 inputs, 128 states and a bias, and the candidate's second bias; 50 x 128 + 50
  "character GRU": {
    network: charGru({ vocabulary: 50, length: 20 }),
    outputShape: [20, 50],
    parameters: 1600 + 384 * (32 + 128 + 1) + 128 + 6450,
  },
  "character GRU, two layers, for classes": {
    network: charGru({ vocabulary: 50, length: 20, classes: 7, layers: 2, units: 16, embedding: 8, dropout: 0.1 }),
    outputShape: [7],
    parameters: 400 + (48 * (8 + 16 + 1) + 16) + (48 * (16 + 16 + 1) + 16) + 7 * 17,
  },
  // a block of F features: 12 F^2 + 13 F; then the table, the positions, the last norm and the linear layer
  transformer: {
    network: transformer({ vocabulary: 50, length: 20, dropout: 0.1 }),
    outputShape: [20, 50],
    parameters: 2 * (12 * 128 ** 2 + 13 * 128) + 50 * 128 + 20 * 128 + 256 + 50 * 129,
  },
  "transformer for classes": {
    network: transformer({
      vocabulary: 9,
      length: 5,
      classes: 3,
      units: 8,
      heads: 2,
      blocks: 3,
      hidden: 10,
      positions: "sinusoidal",
    }),
    outputShape: [3],
    parameters: 3 * (4 * 64 + 4 * 8 + (10 * 8 + 10) + (8 * 10 + 8) + 4 * 8) + 72 + 16 + 27,
  },
};

for (const [name, { network, outputShape, parameters }] of Object.entries(KNOWN)) {
  test(`${name}: sizes, and the same network from JSON`, () => {
    const model = createModel(network);
    assert.equal(model.parameterCount, parameters);
    assert.deepEqual(model.outputShape, outputShape);
    const again = createModel(JSON.parse(JSON.stringify(model)) as ModelConfig);
    assert.deepEqual(again.config, model.config);
    assert.equal(again.parameterCount, parameters);
  });
}

const TINY: { readonly [name: string]: ModelInput } = {
  ResNet: resnet({ depth: 8, width: 1, classes: 2, channels: 1, size: 4 }),
  CNN: cnn32x64({ classes: 2, size: 4, filters: [2, 3], hidden: 2, dropout: 0.3 }),
  VGG: vgg({ classes: 2, channels: 2, size: 4, stages: [[2], [3, 2]], hidden: 3, dropout: 0 }),
  "row LSTM": rowLstm({ classes: 2, steps: 3, features: 2, units: 2 }),
};

for (const [name, network] of Object.entries(TINY)) {
  test(`gradients of a small ${name}`, () => {
    const model = createModel(network);
    checkModelGradients(model, TRAINING, 1e-6);
    checkModelGradients(model, PREDICTION, 1e-6);
  });
}

test("a residual network halves the image twice, one row and column of padding on each side", () => {
  const { layers } = createModel(resnet());
  const shapes = layers.filter(({ type }) => type === "skip").map(({ outputShape }) => outputShape.join("x"));
  assert.deepEqual(
    shapes,
    ["16x32x32", "32x16x16", "64x8x8"].flatMap((shape) => [shape, shape, shape]),
  );
  const strided = layers.filter(({ path, config }) => path.endsWith(".0") && "stride" in config && config.stride === 2);
  assert.deepEqual(
    strided.map(({ config }) => "padding" in config && config.padding),
    [1, 1],
  );
  assert.throws(() => resnet({ depth: 18 }), { code: "bad-argument" });
});

/** Logits (T, V) of a network that reads numbers. */
function logitsOf(network: ModelInput, numbers: readonly number[], seed = 2): number[] {
  const model = createModel(network);
  const x = literal(listed([1, numbers.length], numbers));
  return numbersOf(model.apply(model.initialize(seed), x, PREDICTION).output);
}

const READERS = {
  "character GRU": (classes?: number) =>
    charGru({ vocabulary: 6, length: 5, units: 4, embedding: 3, ...(classes === undefined ? {} : { classes }) }),
  transformer: (classes?: number) =>
    transformer({
      vocabulary: 6,
      length: 5,
      units: 4,
      heads: 2,
      blocks: 1,
      hidden: 4,
      ...(classes === undefined ? {} : { classes }),
    }),
};

for (const [name, make] of Object.entries(READERS)) {
  test(`${name}: the prediction at a step does not depend on later characters, a class depends on all`, () => {
    const first = logitsOf(make(), [1, 2, 3, 4, 5]);
    const other = logitsOf(make(), [1, 2, 3, 5, 4]);
    assert.deepEqual(other.slice(0, 18), first.slice(0, 18));
    assert.notDeepEqual(other.slice(18, 24), first.slice(18, 24));
    assert.notDeepEqual(logitsOf(make(3), [5, 2, 3, 4, 1]), logitsOf(make(3), [1, 2, 3, 4, 5]));
  });
}

test("a character GRU classifies without regard to padding", () => {
  const network = (length: number) => charGru({ vocabulary: 6, length, classes: 3, units: 4, embedding: 3 });
  const plain = logitsOf(network(3), [2, 5, 1]);
  for (const padded of [
    [0, 0, 2, 5, 1],
    [2, 5, 1, 0, 0],
  ]) {
    logitsOf(network(5), padded).forEach((value, index) => {
      assert.ok(Math.abs(value - (plain[index] as number)) < 1e-12, `${padded}: ${value}, ${plain[index]}`);
    });
  }
});

test("gradients of networks that read characters, with respect to their parameters", () => {
  for (const make of Object.values(READERS)) {
    // the numbers have no gradient: a linear layer on one-hot rows replaces the embedding
    const { layers } = make();
    const [, ...rest] = layers;
    const model = createModel({
      inputShape: [5, 6],
      layers: [{ type: "linear", units: widthOf(make()), bias: false }, ...rest],
    });
    checkModelGradients(model, PREDICTION, 1e-6);
  }
});

function widthOf(network: ModelInput): number {
  const [first] = createModel(network).layers;
  return first?.outputShape.at(-1) as number;
}
