import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { preflight } from "../../../src/doctor/preflight/preflight.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import type { Settings } from "../../../src/train/training.ts";
import {
  activationCensus,
  census,
  clouds,
  curve,
  dense,
  labelled,
  layerCensus,
  normals,
  problems,
  strongest,
  training,
} from "./support.ts";

const repeat = (depth: number, layers: readonly LayerInput[]): LayerInput[] =>
  Array.from({ length: depth }, () => layers).flat();
const classifier = (hidden: readonly LayerInput[], changes: Partial<Settings> = {}) =>
  training([...hidden, ...dense(3, "softmax")], { type: "categoricalCrossEntropy" }, labelled(), changes);

test("deviations: whether Glorot before rectifiers is a fault depends on depth", () => {
  const glorot = (depth: number) => classifier(repeat(depth, dense(64, "relu", { init: "glorotUniform" })));
  assert.deepEqual(problems(glorot(3), undefined, 0.3), []);
  assert.deepEqual(problems(glorot(20), undefined, 0.3), []);
  assert.ok(problems(glorot(30)).includes("poor-initialisation"));
  assert.deepEqual(problems(classifier(repeat(30, dense(64, "relu", { init: "heNormal" }))), undefined, 0.3), []);
});

test("deviations: far too small, far too large, saturating", () => {
  const small = strongest(classifier(repeat(4, dense(32, "relu", { init: { type: "normal", std: 0.001 } }))));
  assert.deepEqual([small?.problem, small?.since], ["poor-initialisation", 0]);
  const large = strongest(classifier(repeat(3, dense(64, "leakyRelu", { init: { type: "normal", std: 1 } }))));
  assert.equal(large?.problem, "poor-initialisation");
  assert.ok((large?.evidence[0]?.value ?? 0) > 3);
  const saturating = strongest(classifier(repeat(3, dense(100, "tanh", { init: { type: "normal", std: 1 } }))));
  assert.equal(saturating?.problem, "poor-initialisation");
  // the same before a normalisation is harmless
  const normalised: LayerInput[] = [
    { type: "linear", units: 64, init: { type: "normal", std: 1 } },
    "batchNorm",
    "relu",
  ];
  assert.deepEqual(problems(classifier(repeat(3, normalised)), undefined, 0.3), []);
});

test("constants and zeros in hidden layers, but not only in the output", () => {
  for (const init of ["zeros", "ones", { type: "constant", value: 0.01 }] as const) {
    const found = strongest(classifier(dense(16, "relu", { init })));
    assert.deepEqual([found?.problem, found?.layer], ["symmetric-initialisation", "0"]);
    assert.ok((found?.weight ?? 0) > 0.7);
  }
  const output = training(
    [...dense(16, "relu"), ...dense(3, "softmax", { init: "zeros" })],
    { type: "categoricalCrossEntropy" },
    labelled(),
  );
  assert.deepEqual(problems(output, undefined, 0.3), []);
  const twins = census([layerCensus("0", { twins: 1 }), activationCensus("1", "relu"), layerCensus("2")]);
  assert.equal(strongest(classifier(dense(16, "relu")), twins)?.problem, "symmetric-initialisation");
});

test("biases that silence or saturate", () => {
  const biased = (value: number, activation: LayerInput) =>
    problems(classifier(dense(16, activation, { biasInit: { type: "constant", value } })), undefined, 0.5);
  assert.ok(biased(-10, "relu").includes("dead-units"));
  assert.ok(biased(10, "sigmoid").includes("saturated-units"));
  assert.ok(biased(-8, "tanh").includes("saturated-units"));
  assert.deepEqual(biased(0.1, "relu"), []);
  assert.deepEqual(biased(1, "relu"), []);
});

test("recurrent weights: the sequence multiplies the error of one step", () => {
  const sequences = fromArrays({
    inputs: new Float32Array(normals(100 * 40)),
    inputShape: [40, 1],
    targets: normals(100),
    targetShape: [1],
  });
  const reader = (rnn: object) =>
    training([{ type: "rnn", units: 32, ...rnn } as LayerInput, ...dense(1)], { type: "mse" }, sequences);
  const found = strongest(reader({ activation: "relu", recurrentInit: { type: "normal", std: 0.5 } }));
  assert.deepEqual([found?.problem, found?.layer], ["exploding-gradient", "0"]);
  assert.deepEqual(problems(reader({}), undefined, 0.5), []);
  assert.deepEqual(problems(reader({ activation: "relu" }), undefined, 0.5), []);
});

test("activations between layers: softmax, exponentials, a tower of sigmoids", () => {
  const found = (depth: number, activation: LayerInput) => strongest(classifier(repeat(depth, dense(16, activation))));
  assert.equal(found(1, "softmax")?.problem, "vanishing-gradient");
  assert.equal(found(4, "exponential")?.problem, "exploding-gradient");
  assert.equal(found(8, "sigmoid")?.problem, "vanishing-gradient");
  for (const depth of [1, 2, 3]) assert.ok((found(depth, "sigmoid")?.weight ?? 0) < 0.3);
});

const paths = ["0", "2", "4"];
/** A census of three sums with activations between them. */
function chain(
  sums: Parameters<typeof layerCensus>[1][],
  activations: Parameters<typeof layerCensus>[1][],
  loss = 1.2,
) {
  return census(
    paths.flatMap((path, index) => [
      layerCensus(path, sums[index]),
      activationCensus(String(Number(path) + 1), index === 2 ? "softmax" : "relu", activations[index]),
    ]),
    loss,
  );
}
const three = classifier(repeat(2, dense(16, "relu")));

test("census: a sound one gives no findings", () => {
  assert.deepEqual(
    preflight(three, chain([], [])).filter(({ weight }) => weight >= 0.3),
    [],
  );
});

test("census: the gradient at the first step, both ways, with the ratio as evidence", () => {
  const vanishing = strongest(
    three,
    chain([{ gradientNorm: 2e-6 }, { gradientNorm: 1e-3 }, { gradientNorm: 0.2 }], []),
  );
  assert.deepEqual([vanishing?.problem, vanishing?.layer], ["vanishing-gradient", "0"]);
  assert.ok(Math.abs((vanishing?.evidence[0]?.value ?? 0) - 1e-5) < 1e-9);
  const exploding = strongest(three, chain([{ gradientNorm: 2e4 }, {}, { gradientNorm: 0.2 }], []));
  assert.equal(exploding?.problem, "exploding-gradient");
});

test("census: an output layer of zeros passes no gradient down until its first step", () => {
  const layers = [...dense(16, "relu"), ...dense(16, "relu"), ...dense(3, "softmax", { init: "zeros" })];
  const given = training(layers, { type: "categoricalCrossEntropy" }, labelled());
  assert.deepEqual(problems(given, chain([{ gradientNorm: 0 }, { gradientNorm: 0 }], []), 0.3), []);
});

test("census: units dead or saturated from the start, except in the output", () => {
  assert.equal(strongest(three, chain([], [{ dead: 1 }]))?.problem, "dead-units");
  assert.equal(strongest(three, chain([], [{ saturated: 0.9 }, { saturated: 0.9 }]))?.problem, "saturated-units");
  assert.deepEqual(problems(three, chain([], [{ dead: 0.4 }, {}, { saturated: 0.95, dead: 0.95 }]), 0.3), []);
});

test("census: an initial loss far above that of a guess, or not finite", () => {
  assert.ok(problems(three, chain([], [], 1.8)).length === 0);
  assert.ok(problems(three, chain([], [], 40)).includes("poor-initialisation"));
  assert.equal(strongest(three, chain([], [], Number.NaN))?.problem, "numerical-error");
});

test("census: steps that overwrite the weights, and runs that cannot move them", () => {
  const sgd = (learningRate: number) =>
    classifier(repeat(2, dense(16, "relu")), { optimizer: { type: "sgd", learningRate } });
  const sound = chain([], []);
  assert.deepEqual(problems(sgd(0.1), sound, 0.3), []);
  // 0.2 / 4 per step at rate 1: above 1 from rate 20 on
  assert.ok(preflight(sgd(60), sound).some(({ evidence }) => evidence[0]?.measure === "update-ratio"));
  const slow = preflight(sgd(4e-4), sound).find(({ evidence }) => evidence[0]?.measure === "update-ratio");
  assert.equal(slow?.problem, "learning-rate-too-low");
  assert.ok(Math.abs((slow?.evidence[0]?.values?.reach as number) - 300 * 4e-4 * 0.05) < 1e-9);
});

test("learning rates: each optimiser has its own range, momentum counts", () => {
  const found = (optimizer: Settings["optimizer"]) =>
    problems(classifier(dense(16, "relu"), { optimizer }), undefined, 0.3);
  assert.deepEqual(found({ type: "sgd", learningRate: 0.1 }), []);
  assert.deepEqual(found({ type: "sgd", learningRate: 0.01, momentum: 0.9 }), []);
  assert.deepEqual(found({ type: "sgd", learningRate: 3 }), ["learning-rate-too-high"]);
  assert.deepEqual(found({ type: "sgd", learningRate: 0.5, momentum: 0.95 }), ["learning-rate-too-high"]);
  assert.deepEqual(found({ type: "sgd", learningRate: 1e-6 }), ["learning-rate-too-low"]);
  assert.deepEqual(found({ type: "adam", learningRate: 1 }), ["learning-rate-too-high"]);
  assert.deepEqual(found({ type: "adam", learningRate: 1e-7 }), ["learning-rate-too-low"]);
  assert.deepEqual(found({ type: "adadelta" }), []);
  assert.deepEqual(found({ type: "adadelta", learningRate: 1e-3 }), ["learning-rate-too-low"]);
  assert.deepEqual(found({ type: "adagrad", learningRate: 1e-5 }), ["learning-rate-too-low"]);
});

test("batches, penalties, dropout", () => {
  const one = { batchSize: 1, optimizer: { type: "sgd", learningRate: 0.01, momentum: 0.9 } } as const;
  assert.equal(strongest(classifier(dense(16, "relu"), one))?.problem, "oscillating-loss");
  const regularised = (l2: number) => classifier(dense(64, "relu"), { regularizer: { l2 } });
  assert.deepEqual(problems(regularised(0.01), undefined, 0.3), []);
  assert.equal(strongest(regularised(10))?.problem, "underfitting");
  const thinned = (rate: number) => classifier([...dense(64, "relu"), { type: "dropout", rate }]);
  assert.deepEqual(problems(thinned(0.5), undefined, 0.3), []);
  assert.equal(strongest(thinned(0.95))?.layer, "2");
});

test("sound networks of many shapes are left alone", () => {
  const activation = fc.constantFrom<LayerInput>("relu", "tanh", "leakyRelu", "elu", "gelu", "selu", "silu");
  const block = fc.record({
    depth: fc.integer({ min: 1, max: 30 }),
    width: fc.integer({ min: 4, max: 300 }),
    activation,
    norm: fc.constantFrom<readonly LayerInput[]>([], ["batchNorm"], ["layerNorm"], [{ type: "dropout", rate: 0.3 }]),
    optimizer: fc.constantFrom<Settings["optimizer"]>(
      { type: "adam", learningRate: 1e-3 },
      { type: "sgd", learningRate: 0.05 },
      { type: "sgd", learningRate: 0.01, momentum: 0.9 },
      { type: "rmsprop", learningRate: 1e-3 },
      { type: "adagrad", learningRate: 0.01 },
    ),
    isRegression: fc.boolean(),
  });
  const [classes, values] = [labelled(200), curve(200)];
  fc.assert(
    fc.property(block, ({ depth, width, activation: act, norm, optimizer, isRegression }) => {
      const hidden = repeat(depth, [{ type: "linear", units: width }, ...norm, act]);
      const given = isRegression
        ? training([...hidden, ...dense(1)], { type: "mse" }, values, { optimizer })
        : training([...hidden, ...dense(3)], { type: "softmaxCrossEntropy" }, classes, { optimizer });
      assert.deepEqual(
        preflight(given, undefined).filter(({ weight }) => weight >= 0.5),
        [],
      );
    }),
    { numRuns: 60 },
  );
});

test("sound convolutions, residual blocks and gated recurrent networks are left alone", () => {
  const { labels } = clouds(120, 3);
  const pictures = fromArrays({
    inputs: Float32Array.from(
      normals(120 * 64),
      (value, i) => 0.3 * Math.abs(value) + Number(Math.floor(i / 64) % 3 === i % 3),
    ),
    inputShape: [1, 8, 8],
    targets: labels,
    classes: 3,
  });
  const head = ["flatten", ...dense(3, "softmax")] as const;
  const conv: LayerInput = { type: "conv2d", filters: 8, kernel: 3, padding: "same" };
  const nets: readonly (readonly LayerInput[])[] = [
    [conv, "relu", { type: "maxPool2d", window: 2 }, conv, "batchNorm", "relu", ...head],
    [conv, ...repeat(12, [{ type: "skip", layers: [conv, "batchNorm", "relu", conv] }]), "relu", ...head],
    [{ type: "reshape", shape: [8, 8] }, { type: "lstm", units: 16 }, ...dense(3, "softmax")],
    [{ type: "reshape", shape: [8, 8] }, { type: "gru", units: 16, bidirectional: true }, ...dense(3, "softmax")],
    [{ type: "reshape", shape: [8, 8] }, { type: "rnn", units: 16 }, ...dense(3, "softmax")],
  ];
  for (const layers of nets) {
    const given = training(layers, { type: "categoricalCrossEntropy" }, pictures);
    assert.deepEqual(problems(given, undefined, 0.5), [], JSON.stringify(layers));
  }
});
