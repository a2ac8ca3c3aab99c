import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  ACTIVATIONS,
  type Block,
  type DataConfig,
  INITS,
  LOSSES,
  type NetworkConfig,
  NORMS,
  OPTIMIZERS,
  PICTURE_DATA,
  PLANE_DATA,
  type PlaygroundConfig,
  SCHEDULES,
  SEQUENCE_DATA,
} from "../../apps/playground/src/config/config.ts";
import { differences } from "../../apps/playground/src/config/differences.ts";
import { decodeConfig, encodeConfig } from "../../apps/playground/src/config/url.ts";
import { seedOf } from "../support/seed.ts";

const share = fc.double({ min: 0.1, max: 0.9, noNaN: true });
const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const units = fc.integer({ min: 1, max: 5000 });
const init = fc.oneof(
  fc.record({ type: fc.constantFrom(...INITS) }),
  fc.record({ type: fc.constant("normal" as const), std: fc.double({ min: 0, max: 10, noNaN: true }) }),
);
const positiveZero = (value: number) => (value === 0 ? 0 : value);
const dropout = fc.double({ min: 0, max: 0.9, noNaN: true }).map(positiveZero);
const weighted = {
  activation: fc.constantFrom(...ACTIVATIONS),
  init,
  norm: fc.constantFrom(...NORMS),
  dropout,
  skip: fc.boolean(),
};
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant("dense" as const), units, ...weighted }),
  fc.record({ kind: fc.constant("dense" as const), units, slope: share, ...weighted }),
  fc.record({
    kind: fc.constant("conv" as const),
    filters: units,
    kernel: fc.integer({ min: 1, max: 9 }),
    ...weighted,
  }),
  fc.record({ kind: fc.constantFrom("maxPool" as const, "avgPool" as const), size: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant("globalAvgPool" as const) }),
  fc.record({ kind: fc.constantFrom("rnn" as const, "lstm" as const, "gru" as const), units, init, dropout }),
);
// runs of equal blocks are written once
const blocks = fc
  .array(fc.tuple(block, fc.integer({ min: 1, max: 8 })), { minLength: 1, maxLength: 5 })
  .map((runs) => runs.flatMap(([each, count]) => Array.from({ length: count }, () => each)));
const rate = fc.double({ min: 0, max: 1e6, noNaN: true }).map(positiveZero);
const network: fc.Arbitrary<NetworkConfig> = fc.record(
  {
    blocks,
    outputInit: init,
    outputActivation: fc.constantFrom(...ACTIVATIONS),
    loss: fc.constantFrom(...LOSSES),
    optimizer: fc.oneof(
      fc.record({ type: fc.constantFrom(...OPTIMIZERS), learningRate: rate }),
      fc.record({ type: fc.constant("sgd" as const), learningRate: rate, momentum: share }),
    ),
    schedule: fc.constantFrom(...SCHEDULES),
    clip: fc.record({
      type: fc.constantFrom("value" as const, "norm" as const, "globalNorm" as const),
      threshold: rate,
    }),
    l2: rate,
    standardize: fc.boolean(),
    batchSize: units,
  },
  {
    requiredKeys: [
      "blocks",
      "outputInit",
      "outputActivation",
      "loss",
      "optimizer",
      "schedule",
      "l2",
      "standardize",
      "batchSize",
    ],
  },
) as fc.Arbitrary<NetworkConfig>;
const samples = fc.integer({ min: 10, max: 1e5 });
const noise = fc.double({ min: 0, max: 1, noNaN: true }).map(positiveZero);
const name = fc.string({ unit: "grapheme", maxLength: 20 });
const data: fc.Arbitrary<DataConfig> = fc.oneof(
  fc.record({ name: fc.constantFrom(...PLANE_DATA), samples, noise, testShare: share, seed }),
  fc.record({ name: fc.constantFrom(...PICTURE_DATA), samples, testSamples: samples }),
  fc.record({
    name: fc.constantFrom(...SEQUENCE_DATA),
    samples,
    length: fc.integer({ min: 2, max: 200 }),
    noise,
    testShare: share,
    seed,
  }),
  fc.record({ name: fc.constant("csv" as const), file: name, testShare: share, seed, target: name }),
  fc.record({ name: fc.constant("pictures" as const), file: name, testShare: share, seed }),
);
const config: fc.Arbitrary<PlaygroundConfig> = fc
  .record({
    data,
    seed,
    epochs: fc.integer({ min: 1, max: 1e6 }),
    networks: fc.oneof(fc.tuple(network), fc.tuple(network, network)),
  })
  // records without a prototype differ from others
  .map((each) => JSON.parse(JSON.stringify(each)) as PlaygroundConfig);

const FALLBACK: PlaygroundConfig = {
  data: { name: "circles", samples: 600, noise: 0.1, testShare: 0.3, seed: 1 },
  seed: 7,
  epochs: 30,
  networks: [
    {
      blocks: [
        { kind: "dense", units: 8, activation: "tanh", init: { type: "auto" }, norm: "none", dropout: 0, skip: false },
      ],
      outputInit: { type: "auto" },
      outputActivation: "identity",
      loss: "auto",
      optimizer: { type: "adam", learningRate: 0.01 },
      schedule: "constant",
      l2: 0,
      standardize: false,
      batchSize: 32,
    },
  ],
};

describe("the address", () => {
  const parameters = { numRuns: 300, seed: seedOf(process.env) };

  test("holds a whole configuration, whatever it is", () => {
    fc.assert(
      fc.property(config, (each) => {
        const { config: restored, problems } = decodeConfig(encodeConfig(each), FALLBACK);
        // beyond 40 layers there is nothing to restore
        const cut = (networks: readonly NetworkConfig[]) =>
          networks.map((one) => ({ ...one, blocks: one.blocks.slice(0, 40) }));
        assert.deepEqual({ ...restored, networks: cut(restored.networks) }, { ...each, networks: cut(each.networks) });
        assert.deepEqual(
          problems.filter(({ values }) => !values.expected.startsWith("at most")),
          [],
        );
      }),
      parameters,
    );
  });

  test("survives a program that writes signs with percent", () => {
    fc.assert(
      fc.property(config, (each) => {
        const passedOn = encodeConfig(each).replace(/[,:/*]/g, (sign) => encodeURIComponent(sign).replace("*", "%2A"));
        assert.deepEqual(decodeConfig(passedOn, FALLBACK), decodeConfig(encodeConfig(each), FALLBACK));
      }),
      parameters,
    );
  });

  test("is readable and short: twenty equal layers are written once", () => {
    const [first] = FALLBACK.networks;
    const deep: PlaygroundConfig = {
      ...FALLBACK,
      networks: [{ ...first, blocks: Array.from({ length: 20 }, () => first.blocks[0] as Block) }],
    };
    assert.equal(
      encodeConfig(deep),
      "v=1&data=circles,samples:600,noise:0.1,test:0.3,seed:1&seed=7&epochs=30&a=dense:8,tanh*20&a.train=adam,rate:0.01,batch:32",
    );
  });

  test("damage is reported, and the rest is kept", () => {
    const { config: read, problems } = decodeConfig(
      "v=9&data=spirals,noise:many,colour:red&seed=-1&a=dense:8,tanh/magic:3/dense:0&a.train=adam,rate:fast",
      FALLBACK,
    );
    assert.equal(read.data.name, "spirals");
    assert.equal(read.seed, FALLBACK.seed);
    assert.equal(read.networks[0].blocks.length, 2);
    assert.equal(read.networks[0].optimizer.learningRate, 0.01);
    assert.deepEqual(
      problems.map(({ values }) => values.part),
      ["v", "address.seed", "a.1", "a.2.dense", "a.train.rate", "data.noise", "data"],
    );
    for (const { code, message } of problems) {
      assert.equal(code, "bad-address");
      assert.match(message, /expected .*, got /);
    }
  });

  test("never fails, whatever stands there", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 100 }),
        fc.constantFrom("", "a=", "data=", "a.train="),
        (text, start) => {
          const { config: read } = decodeConfig(start + text, FALLBACK);
          assert.ok(read.networks[0].blocks.length >= 1 && read.networks[0].blocks.length <= 40);
        },
      ),
      parameters,
    );
  });
});

test("differences between two networks are named by their paths", () => {
  const [a] = FALLBACK.networks;
  const deeper: NetworkConfig = {
    ...a,
    optimizer: { type: "adam", learningRate: 0.1 },
    blocks: [{ ...(a.blocks[0] as Block), activation: "relu" } as Block, a.blocks[0] as Block],
  };
  assert.deepEqual(differences(a, a), []);
  assert.deepEqual(
    differences(a, deeper).map(({ path, a: before, b: after }) => [
      path,
      before,
      typeof after === "object" ? "block" : after,
    ]),
    [
      ["blocks.0.activation", "tanh", "relu"],
      ["blocks.1", undefined, "block"],
      ["optimizer.learningRate", 0.01, 0.1],
    ],
  );
});
