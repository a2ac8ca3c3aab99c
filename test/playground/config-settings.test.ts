import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createModel, GradusError } from "gradus";
import type { Settings } from "gradus/doctor";
import {
  ACTIVATIONS,
  type Block,
  type DenseBlock,
  INITS,
  type NetworkConfig,
  NORMS,
  OPTIMIZERS,
  SCHEDULES,
} from "../../apps/playground/src/config/config.ts";
import { DEFAULT_BLOCK, DEFAULT_NETWORK } from "../../apps/playground/src/config/defaults.ts";
import type { DataFacts } from "../../apps/playground/src/config/facts.ts";
import { fromSettings } from "../../apps/playground/src/config/from-settings.ts";
import { needsOf, requireRoom } from "../../apps/playground/src/config/limits.ts";
import { settingsOf } from "../../apps/playground/src/config/settings.ts";
import "../support/seed.ts";

const PLANE: DataFacts = { task: "classification", inputShape: [2], classes: 3, trainSamples: 200 };
const PICTURES: DataFacts = { task: "classification", inputShape: [1, 28, 28], classes: 10, trainSamples: 500 };
const SEQUENCES: DataFacts = { task: "regression", inputShape: [12, 2], outputs: 1, trainSamples: 100 };
const RUN = { seed: 1, epochs: 20 };

const init = fc.oneof(
  fc.constantFrom(...INITS).map((type) => ({ type })),
  fc.record({ type: fc.constant("normal" as const), std: fc.double({ min: 0.001, max: 2, noNaN: true }) }),
);
const activation = fc.oneof(
  fc.constantFrom(...ACTIVATIONS).map((name) => ({ activation: name })),
  fc.record({ activation: fc.constant("leakyRelu" as const), slope: fc.double({ min: 0, max: 0.5, noNaN: true }) }),
);
const dropout = fc.constantFrom(0, 0.1, 0.5);
const dense: fc.Arbitrary<DenseBlock> = fc
  .record({
    shape: fc.record({ kind: fc.constant("dense" as const), units: fc.integer({ min: 1, max: 40 }) }),
    activation,
    rest: fc.record({ init, norm: fc.constantFrom(...NORMS), dropout, skip: fc.boolean() }),
  })
  .map(({ shape, activation: chosen, rest }) => ({ ...shape, ...chosen, ...rest }));
const conv = dense.map(
  ({ units, kind: _kind, ...rest }): Block => ({ ...rest, kind: "conv", filters: Math.min(4, units), kernel: 3 }),
);
const pool = fc.constantFrom("maxPool" as const, "avgPool" as const).map((kind): Block => ({ kind, size: 2 }));
const recurrent: fc.Arbitrary<Block> = fc.record({
  kind: fc.constantFrom("rnn" as const, "lstm" as const, "gru" as const),
  units: fc.integer({ min: 1, max: 8 }),
  init,
  dropout,
});

const plain = fc.record({
  outputInit: init,
  outputActivation: fc.constantFrom(...ACTIVATIONS),
  optimizer: fc.oneof(
    fc.record({ type: fc.constantFrom(...OPTIMIZERS), learningRate: fc.double({ min: 1e-6, max: 10, noNaN: true }) }),
    fc.record({
      type: fc.constant("sgd" as const),
      learningRate: fc.double({ min: 1e-6, max: 10, noNaN: true }),
      momentum: fc.constantFrom(0.5, 0.9),
    }),
  ),
  schedule: fc.constantFrom(...SCHEDULES),
  clip: fc.option(
    fc.record({
      type: fc.constantFrom("value" as const, "norm" as const, "globalNorm" as const),
      threshold: fc.constantFrom(0.1, 1, 5),
    }),
    { nil: undefined },
  ),
  l2: fc.constantFrom(0, 1e-4, 0.01),
  standardize: fc.boolean(),
  batchSize: fc.integer({ min: 2, max: 64 }),
});

function networks(blocks: fc.Arbitrary<readonly Block[]>, losses: readonly NetworkConfig["loss"][]) {
  return fc.record({ blocks, loss: fc.constantFrom(...losses), plain }).map(
    ({ blocks: list, loss, plain: { clip, ...rest } }): NetworkConfig => ({
      ...rest,
      ...(clip === undefined ? {} : { clip }),
      blocks: list,
      loss,
    }),
  );
}

const KINDS: readonly (readonly [string, DataFacts, fc.Arbitrary<NetworkConfig>])[] = [
  ["plane", PLANE, networks(fc.array(dense, { minLength: 1, maxLength: 6 }), ["auto", "softmaxCrossEntropy"])],
  [
    "pictures",
    PICTURES,
    networks(
      fc
        .tuple(fc.array(fc.oneof(conv, pool), { maxLength: 4 }), fc.array(dense, { maxLength: 2 }))
        .map(([a, b]) => [...a, ...b]),
      ["auto"],
    ),
  ],
  [
    "sequences",
    SEQUENCES,
    networks(
      fc
        .tuple(fc.array(recurrent, { minLength: 1, maxLength: 3 }), fc.array(dense, { maxLength: 2 }))
        .map(([a, b]) => [...a, ...b]),
      ["auto", "mae", "huber"],
    ),
  ],
];

describe("settings", () => {
  for (const [name, facts, network] of KINDS) {
    test(`${name}: every network becomes a model, and comes back`, () => {
      fc.assert(
        fc.property(network, (drawn) => {
          // without the null prototypes of drawn records
          const config = JSON.parse(JSON.stringify(drawn)) as NetworkConfig;
          const { settings, blocks } = settingsOf(config, RUN, facts);
          const model = createModel(settings.model);
          assert.equal(blocks.length, settings.model.layers.length);
          assert.deepEqual(
            [...new Set(blocks)],
            [...config.blocks.keys(), undefined],
            "each block has layers, then the output",
          );
          assert.deepEqual(model.outputShape, [facts.classes ?? 1]);
          const back = fromSettings(settings, config, facts);
          assert.deepEqual(back.lost, []);
          assert.deepEqual(settingsOf(back.network, RUN, facts).settings, settings);
          if (config.optimizer.momentum === undefined) assert.deepEqual({ ...back.network }, { ...config });
        }),
        { numRuns: 60 },
      );
    });
  }

  test("pictures are flattened before dense blocks, sequences stay steps between recurrent ones", () => {
    const types = (blocks: readonly Block[], facts: DataFacts) =>
      settingsOf({ ...DEFAULT_NETWORK, blocks }, RUN, facts).settings.model.layers.map(({ type }) => type);
    assert.deepEqual(types([DEFAULT_BLOCK], PICTURES), ["flatten", "linear", "relu", "linear"]);
    const lstm: Block = { kind: "lstm", units: 4, init: { type: "auto" }, dropout: 0 };
    const { settings } = settingsOf({ ...DEFAULT_NETWORK, blocks: [lstm, lstm] }, RUN, SEQUENCES);
    assert.deepEqual(
      settings.model.layers.map((layer) => "returnSequences" in layer && layer.returnSequences),
      [true, false, false],
    );
    assert.deepEqual(types([{ kind: "globalAvgPool" }], PICTURES), ["globalAvgPool", "linear"]);
  });

  test("a loss that cannot judge the task is refused", () => {
    const refused = (loss: NetworkConfig["loss"], facts: DataFacts) =>
      assert.throws(
        () => settingsOf({ ...DEFAULT_NETWORK, loss }, RUN, facts),
        (error) => error instanceof GradusError && error.code === "bad-argument" && error.values.path === "loss",
      );
    refused("mse", PLANE);
    refused("softmaxCrossEntropy", SEQUENCES);
  });
});

describe("prescriptions", () => {
  const present = { ...DEFAULT_NETWORK, blocks: [DEFAULT_BLOCK, DEFAULT_BLOCK] };
  const { settings } = settingsOf(present, RUN, PLANE);
  const apply = (change: Partial<Settings>) => fromSettings({ ...settings, ...change }, present, PLANE);
  const withLayers = (layers: Settings["model"]["layers"]) => apply({ model: { ...settings.model, layers } });

  test("batch normalisation, dropout, another activation with its initialiser, an output activation", () => {
    const { network, lost } = withLayers([
      { type: "linear", units: 16, bias: false, init: { type: "heNormal", slope: 0.2 } },
      { type: "batchNorm" },
      { type: "leakyRelu", slope: 0.2 },
      { type: "dropout", rate: 0.5 },
      { type: "linear", units: 16, init: "heNormal" },
      { type: "relu" },
      { type: "linear", units: 3, biasInit: "zeros" },
    ]);
    assert.deepEqual(lost, []);
    assert.deepEqual(network.blocks, [
      { ...DEFAULT_BLOCK, norm: "batch", activation: "leakyRelu", slope: 0.2, dropout: 0.5 },
      { ...DEFAULT_BLOCK, init: { type: "heNormal" } },
    ]);
    const tanh = withLayers([...settings.model.layers, { type: "tanh" }]);
    assert.equal(tanh.network.outputActivation, "tanh");
    assert.deepEqual(tanh.lost, []);
  });

  test("clipping, optimiser, rate, penalty, scaling, batch size, epochs", () => {
    const { network, epochs, lost } = apply({
      clip: { type: "globalNorm", maxNorm: 0.7 },
      optimizer: { type: "nadam", learningRate: 0.002 },
      regularizer: { l2: 0.001 },
      standardize: true,
      batchSize: 16,
      epochs: 60,
    });
    assert.deepEqual(lost, []);
    assert.equal(epochs, 60);
    assert.deepEqual(network, {
      ...present,
      clip: { type: "globalNorm", threshold: 0.7 },
      optimizer: { type: "nadam", learningRate: 0.002 },
      l2: 0.002,
      standardize: true,
      batchSize: 16,
    });
  });

  test("what the page has no control for is reported", () => {
    const { network, lost } = apply({
      earlyStopping: { patience: 5 },
      standardizeTargets: true,
      loss: { type: "categoricalCrossEntropy" },
      optimizer: { type: "adam", learningRate: 0.01, l2: 0.1 },
    });
    assert.deepEqual(lost.map(({ path }) => path).sort(), [
      "earlyStopping",
      "loss.type",
      "optimizer.l2",
      "standardizeTargets",
    ]);
    assert.deepEqual(network, present);
    const layers = settings.model.layers.toSpliced(1, 1, { type: "mish" });
    assert.ok(withLayers(layers).lost.length > 0);
  });
});

describe("limits", () => {
  test("an absurd network is refused with the numbers, before memory is asked for", () => {
    const block = { ...DEFAULT_BLOCK, units: 100_000 };
    const { settings } = settingsOf({ ...DEFAULT_NETWORK, blocks: new Array<Block>(40).fill(block) }, RUN, PLANE);
    const model = createModel(settings.model);
    assert.throws(
      () => requireRoom(model, 32),
      (error) => {
        assert.ok(error instanceof GradusError && error.code === "limit-exceeded");
        const { parameters, bytes, limit } = error.values as { parameters: number; bytes: number; limit: number };
        assert.equal(parameters, model.parameterCount);
        assert.ok(parameters > 3.8e11 && bytes > 4 * parameters && bytes > limit);
        return true;
      },
    );
    assert.equal(needsOf(createModel(settingsOf(DEFAULT_NETWORK, RUN, PLANE).settings.model), 32).steps, 0);
  });

  test("recurrent layers over too many steps are refused", () => {
    const lstm: Block = { kind: "lstm", units: 4, init: { type: "auto" }, dropout: 0 };
    const facts = { ...SEQUENCES, inputShape: [600, 1] };
    const { settings } = settingsOf({ ...DEFAULT_NETWORK, blocks: [lstm, lstm] }, RUN, facts);
    assert.throws(
      () => requireRoom(createModel(settings.model), 8),
      (error) => error instanceof GradusError && error.code === "limit-exceeded" && error.values.steps === 1200,
    );
  });
});
