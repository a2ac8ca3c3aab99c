import assert from "node:assert/strict";
import { test } from "node:test";
import { activation, chanceOfDeath } from "../../../src/doctor/remedies/activation.ts";
import { batchNorm } from "../../../src/doctor/remedies/batch-norm.ts";
import { dropout } from "../../../src/doctor/remedies/dropout.ts";
import { init } from "../../../src/doctor/remedies/init.ts";
import { layerSites } from "../../../src/doctor/remedies/layers.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import { createModel } from "../../../src/nn/model.ts";
import type { Settings } from "../../../src/train/training.ts";
import { contextOf, settingsOf, typesOf } from "./patients.ts";

const narrow: readonly LayerInput[] = [
  ...[1, 2, 3, 4, 5, 6].flatMap((): LayerInput[] => [{ type: "linear", units: 4, init: "heUniform" }, "sigmoid"]),
  { type: "linear", units: 3 },
];

const nested: readonly LayerInput[] = [
  { type: "linear", units: 16, init: { type: "normal", std: 3 }, biasInit: { type: "constant", value: -10 } },
  "tanh",
  {
    type: "skip",
    layers: [
      { type: "sequential", layers: [{ type: "linear", units: 16 }, "tanh"] },
      { type: "linear", units: 16, init: "zeros" },
    ],
  },
  "tanh",
  { type: "linear", units: 3, init: "ones" },
  "softmax",
];

const pictures: readonly LayerInput[] = [
  { type: "conv2d", filters: 4, kernel: 3, padding: "same", init: { type: "constant", value: 0.01 } },
  "relu",
  { type: "conv2d", filters: 8, kernel: 3, padding: "same" },
  "relu",
  { type: "maxPool2d", window: 2 },
  "flatten",
  { type: "linear", units: 12 },
  "relu",
  { type: "linear", units: 3 },
];

const sequences: readonly LayerInput[] = [
  { type: "rnn", units: 6, activation: "relu", recurrentInit: { type: "normal", std: 1 } },
  { type: "linear", units: 6, init: "ones" },
  "relu",
  { type: "linear", units: 3 },
];

const models: Readonly<Record<string, Settings>> = {
  narrow: settingsOf(narrow),
  nested: settingsOf(nested),
  pictures: settingsOf(pictures, { inputShape: [1, 8, 8] }),
  sequences: settingsOf(sequences, { inputShape: [5, 2] }),
};

const innerOf = (layer: LayerInput | undefined) => (layer as { readonly layers: readonly LayerInput[] }).layers;

const initOf = (settings: Settings, path: string, name = "weight") =>
  createModel(settings.model).layers.find((layer) => layer.path === path)?.initialization[name]?.init;

test("init: each weight by the activation that follows, the output by Glorot, biases at zero", () => {
  const { settings } = init.rewrite(models.nested as Settings, contextOf(models.nested as Settings)) ?? assert.fail();
  assert.deepEqual(initOf(settings, "0"), { type: "glorotUniform", gain: 1 });
  assert.deepEqual(initOf(settings, "0", "bias"), { type: "zeros" });
  assert.deepEqual(initOf(settings, "2.1"), { type: "glorotUniform", gain: 1 });
  assert.deepEqual(initOf(settings, "4"), { type: "glorotUniform", gain: 1 });
  // correct initialisers stay, even in their spelling
  assert.equal(innerOf(settings.model.layers[2])[0], innerOf(nested[2])[0]);
  const pictured = init.rewrite(models.pictures as Settings, contextOf(models.pictures as Settings)) ?? assert.fail();
  assert.deepEqual(pictured.settings.model.layers[0], { ...(pictures[0] as object), init: "heNormal" });
  assert.deepEqual(pictured.values, { initLayers: 1 });
});

test("init: from state to state orthogonal, forget gates open", () => {
  const { settings } =
    init.rewrite(models.sequences as Settings, contextOf(models.sequences as Settings)) ?? assert.fail();
  assert.equal((settings.model.layers[0] as { recurrentInit: unknown }).recurrentInit, "orthogonal");
  assert.equal((settings.model.layers[1] as { init: unknown }).init, "heNormal");
  const gated = settingsOf(
    [
      { type: "lstm", units: 3, forgetBias: -10 },
      { type: "linear", units: 3 },
    ],
    { inputShape: [5, 2] },
  );
  const opened = init.rewrite(gated, contextOf(gated)) ?? assert.fail();
  assert.equal((opened.settings.model.layers[0] as { forgetBias: unknown }).forgetBias, 1);
});

test("init: another distribution with the same variance counts as equal; He and Glorot count as different", () => {
  const relu = (name: "heUniform" | "heTruncatedNormal" | "glorotNormal" | "lecunNormal") =>
    settingsOf([{ type: "linear", units: 8, init: name }, "relu", { type: "linear", units: 3 }]);
  assert.equal(init.rewrite(relu("heUniform"), contextOf(relu("heUniform"))), undefined);
  assert.equal(init.rewrite(relu("heTruncatedNormal"), contextOf(relu("heTruncatedNormal"))), undefined);
  assert.notEqual(init.rewrite(relu("glorotNormal"), contextOf(relu("glorotNormal"))), undefined);
  assert.notEqual(init.rewrite(relu("lecunNormal"), contextOf(relu("lecunNormal"))), undefined);
});

test("activation: deep and narrow networks get leaky rectifiers, wide ones plain ones, with fitting initialisers", () => {
  const { settings, values } =
    activation.rewrite(models.narrow as Settings, contextOf(models.narrow as Settings, ["vanishing-gradient"])) ??
    assert.fail();
  assert.deepEqual(settings.model.layers[1], { type: "leakyRelu", slope: 0.2 });
  assert.deepEqual(initOf(settings, "0"), { type: "heNormal", slope: 0.2 });
  // one in sixteen layers of four symmetric units is silent; five of the six can be
  assert.equal(values?.chanceOfDeath, Number((1 - (15 / 16) ** 5).toPrecision(2)));
  assert.deepEqual(settings.model.layers.at(-1), narrow.at(-1));
  const wide = settingsOf([
    { type: "linear", units: 32 },
    "sigmoid",
    { type: "linear", units: 32 },
    "sigmoid",
    { type: "linear", units: 3 },
    "sigmoid",
  ]);
  const rectified = activation.rewrite(wide, contextOf(wide, ["saturated-units"])) ?? assert.fail();
  assert.deepEqual(typesOf(rectified.settings.model.layers), ["linear", "relu", "linear", "relu", "linear", "sigmoid"]);
  assert.deepEqual(initOf(rectified.settings, "2"), { type: "heNormal", slope: 0 });
});

test("activation: the problem decides which ones are replaced", () => {
  const mixed = settingsOf([
    { type: "linear", units: 32 },
    "relu",
    { type: "linear", units: 32 },
    "exponential",
    { type: "linear", units: 3 },
  ]);
  const after = (problem: "dead-units" | "exploding-gradient" | "vanishing-gradient") =>
    typesOf(activation.rewrite(mixed, contextOf(mixed, [problem]))?.settings.model.layers ?? []);
  assert.deepEqual(after("dead-units"), ["linear", "leakyRelu", "linear", "leakyRelu", "linear"]);
  assert.deepEqual(after("exploding-gradient"), ["linear", "relu", "linear", "relu", "linear"]);
  const fine = settingsOf([{ type: "linear", units: 32 }, "gelu", { type: "linear", units: 3 }]);
  assert.equal(activation.rewrite(fine, contextOf(fine, ["vanishing-gradient", "dead-units"])), undefined);
});

test("activation: cells become hyperbolic tangents; a network without activations gets rectifiers", () => {
  const { settings } =
    activation.rewrite(models.sequences as Settings, contextOf(models.sequences as Settings, ["exploding-gradient"])) ??
    assert.fail();
  assert.equal((settings.model.layers[0] as { activation: unknown }).activation, "tanh");
  const linear = settingsOf([
    { type: "linear", units: 16 },
    { type: "linear", units: 16 },
    { type: "linear", units: 3 },
  ]);
  const bent = activation.rewrite(linear, contextOf(linear, ["underfitting"])) ?? assert.fail();
  assert.deepEqual(typesOf(bent.settings.model.layers), ["linear", "relu", "linear", "relu", "linear"]);
  assert.equal(activation.rewrite(linear, contextOf(linear, ["vanishing-gradient"])), undefined);
});

test("chance of death: the first layer counts as alive, each layer of one unit has probability 1/2", () => {
  const one = settingsOf([1, 2, 3].flatMap((): LayerInput[] => [{ type: "linear", units: 1 }, "relu"]));
  const places = layerSites(one.model).filter(({ layer }) => layer.type === "relu");
  assert.equal(chanceOfDeath(places), 0.75);
});

test("batch norm: between hidden sums and activations, in containers too; removes biases, moves penalties with their layers", () => {
  const settings = {
    ...(models.nested as Settings),
    regularizer: { layers: { "2": { l2: 1e-3 }, "4": { l2: 1e-2 }, "2.0.0": {} } },
  };
  const treated = batchNorm.rewrite(settings, contextOf(settings)) ?? assert.fail();
  const { model, regularizer } = treated.settings;
  assert.deepEqual(typesOf(model.layers), [
    "linear",
    "batchNorm",
    "tanh",
    [["linear", "batchNorm", "tanh"], "linear", "batchNorm"],
    "tanh",
    "linear",
    "softmax",
  ]);
  assert.equal((model.layers[0] as { bias: unknown }).bias, false);
  assert.ok(!("biasInit" in (model.layers[0] as object)));
  assert.deepEqual(regularizer, { layers: { "3": { l2: 1e-3 }, "5": { l2: 1e-2 }, "3.0.0": {} } });
  assert.deepEqual(treated.values, { normalisedLayers: 3 });
});

test("batch norm: not for one sample, not in recurrent networks, not over time, not twice", () => {
  const one = { ...(models.narrow as Settings), batchSize: 1 };
  assert.equal(batchNorm.rewrite(one, contextOf(one)), undefined);
  assert.equal(batchNorm.rewrite(models.sequences as Settings, contextOf(models.sequences as Settings)), undefined);
  const overTime = settingsOf([{ type: "linear", units: 8 }, "relu", "flatten", { type: "linear", units: 3 }], {
    inputShape: [4, 2],
  });
  assert.equal(batchNorm.rewrite(overTime, contextOf(overTime)), undefined);
  const behind = settingsOf([{ type: "linear", units: 8 }, "relu", "batchNorm", { type: "linear", units: 3 }]);
  assert.equal(batchNorm.rewrite(behind, contextOf(behind)), undefined);
});

test("batch norm: drops a single remaining sample that the settings kept", () => {
  const settings = { ...(models.narrow as Settings), batchSize: 59, dropLast: false };
  assert.equal(batchNorm.rewrite(settings, contextOf(settings))?.settings.dropLast, true);
});

test("dropout: by the kind of layer, at the end of a block, never on the output", () => {
  const { settings } =
    dropout.rewrite(models.pictures as Settings, contextOf(models.pictures as Settings, ["overfitting"])) ??
    assert.fail();
  assert.deepEqual(typesOf(settings.model.layers), [
    "conv2d",
    "relu",
    "conv2d",
    "relu",
    "maxPool2d",
    "dropout",
    "flatten",
    "linear",
    "relu",
    "dropout",
    "linear",
  ]);
  assert.deepEqual(settings.model.layers[5], { type: "dropout", rate: 0.4 });
  assert.deepEqual(settings.model.layers[9], { type: "dropout", rate: 0.5 });
  const read =
    dropout.rewrite(models.sequences as Settings, contextOf(models.sequences as Settings, ["overfitting"])) ??
    assert.fail();
  const { inputDropout, recurrentDropout } = read.settings.model.layers[0] as {
    inputDropout: number;
    recurrentDropout: number;
  };
  assert.deepEqual([inputDropout, recurrentDropout], [0.25, 0.25]);
});

test("dropout: reduced in a network that learns too little, kept in one that overfits", () => {
  const strong = settingsOf([
    { type: "linear", units: 8 },
    "relu",
    { type: "dropout", rate: 0.95 },
    { type: "linear", units: 3 },
  ]);
  const treated = dropout.rewrite(strong, contextOf(strong, ["underfitting"])) ?? assert.fail();
  assert.deepEqual(treated.settings.model.layers[2], { type: "dropout", rate: 0.2 });
  assert.deepEqual(treated.values, { dropoutBefore: 0.95, dropoutRate: 0.2 });
  assert.equal(dropout.rewrite(strong, contextOf(strong, ["overfitting"])), undefined);
});

for (const [name, settings] of Object.entries(models)) {
  for (const [kind, rule, problem] of [
    ["init", init, "poor-initialisation"],
    ["activation", activation, "vanishing-gradient"],
    ["batch-norm", batchNorm, "vanishing-gradient"],
    ["dropout", dropout, "overfitting"],
  ] as const) {
    test(`${kind} on ${name}: the result builds, with the same output, and needs no second treatment`, () => {
      const before = JSON.stringify(settings);
      const treatment = rule.rewrite(settings, contextOf(settings, [problem]));
      assert.equal(JSON.stringify(settings), before, "the patient's own settings are unchanged");
      if (treatment === undefined) return;
      assert.deepEqual(createModel(treatment.settings.model).outputShape, createModel(settings.model).outputShape);
      assert.equal(rule.rewrite(treatment.settings, contextOf(settings, [problem])), undefined);
    });
  }
}
