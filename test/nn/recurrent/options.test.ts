import assert from "node:assert/strict";
import { test } from "node:test";
import { GradusError } from "../../../src/core/errors.ts";
import type { LayerConfig, LayerInput } from "../../../src/nn/layers.ts";
import { createModel } from "../../../src/nn/model.ts";
import { randomKey } from "../../../src/tensor/random.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { scattered } from "../../autodiff/arrays.ts";
import { leafAt, literal, modelOf, numbersOf, PREDICTION } from "../support.ts";
import { dot, rowsOf, scatteredState } from "./by-hand.ts";

/** All rows of a matrix. */
function rowsOfLeaf(leaf: Tensor): number[][] {
  const [count, width] = leaf.shape as readonly [number, number];
  const numbers = numbersOf(leaf);
  return Array.from({ length: count }, (_, row) => numbers.slice(row * width, (row + 1) * width));
}

test("recurrent weights start orthogonal in each gate, and no two gates are equal", () => {
  for (const [type, gates] of [
    ["rnn", 1],
    ["gru", 3],
    ["lstm", 4],
  ] as const) {
    const units = 5;
    const rows = rowsOfLeaf(leafAt(modelOf([2, 3], { type, units }).initialize(2).parameters, "0.recurrentWeight"));
    assert.equal(rows.length, gates * units);
    for (let gate = 0; gate < gates; gate++) {
      const block = rows.slice(gate * units, (gate + 1) * units);
      block.forEach((a, i) => {
        block.forEach((b, j) => {
          assert.ok(Math.abs(dot(a, b) - (i === j ? 1 : 0)) < 1e-6, `${type}, gate ${gate}: rows ${i} and ${j}`);
        });
      });
      if (gate > 0) assert.notDeepEqual(block, rows.slice(0, units));
    }
  }
});

test("input weights start Glorot uniform with the fans of one gate", () => {
  const [features, units] = [30, 40];
  const leaf = leafAt(modelOf([2, features], { type: "lstm", units }).initialize(2).parameters, "0.inputWeight");
  const numbers = numbersOf(leaf);
  const limit = Math.sqrt(6 / (features + units));
  const largest = Math.max(...numbers.map(Math.abs));
  assert.ok(largest <= limit && largest > 0.98 * limit, `largest ${largest}, limit ${limit}`);
});

test("auto is the default of recurrent layers, for any following activation", () => {
  const initsOf = (inits: object) => {
    const layers = [{ type: "gru", units: 3, layers: 2, ...inits } as LayerInput, "relu" as const];
    return createModel({ inputShape: [4, 2], layers }).layers.map(({ initialization }) => initialization);
  };
  assert.deepEqual(initsOf({ init: "auto", recurrentInit: "auto" }), initsOf({}));
});

test("the forget gate's bias starts at forgetBias, all others at 0", () => {
  const biasOf = (layer: LayerInput): number[] =>
    numbersOf(leafAt(modelOf([2, 3], layer).initialize(1).parameters, "0.bias"));
  assert.deepEqual(biasOf({ type: "lstm", units: 2 }), [0, 0, 1, 1, 0, 0, 0, 0]);
  assert.deepEqual(biasOf({ type: "lstm", units: 2, forgetBias: 3 }), [0, 0, 3, 3, 0, 0, 0, 0]);
  assert.deepEqual(biasOf({ type: "gru", units: 2 }), [0, 0, 0, 0, 0, 0]);
});

test("recurrent dropout: one mask for all steps, on the state as the product sees it", () => {
  const [units, steps, rate] = [6, 4, 0.5];
  const layer = { type: "rnn", units, activation: "identity", returnSequences: true, recurrentDropout: rate } as const;
  const model = modelOf([steps, 2], layer);
  const state = scatteredState(model);
  const { inputWeight = [], recurrentWeight = [], bias = [] } = rowsOf(state);
  const x = scattered([1, steps, 2]);
  const outputs = (context: Parameters<typeof model.apply>[2]): number[] =>
    numbersOf(model.apply(state, literal(x), context).output);
  const trained = outputs({ training: true, key: randomKey(5) });
  /** h_t = W x_t + b + R (m h_{t-1}) */
  const expected = (mask: readonly number[]): number[] => {
    let h: readonly number[] = mask.map(() => 0);
    return Array.from({ length: steps }, (_, t) => {
      const dropped = h.map((value, k) => value * (mask[k] as number));
      const at = Array.from(x.data.slice(2 * t, 2 * t + 2));
      h = mask.map(
        (_, k) =>
          dot(inputWeight[k] as number[], at) + (bias[0]?.[k] as number) + dot(recurrentWeight[k] as number[], dropped),
      );
      return h;
    }).flat();
  };
  // exactly one mask explains every step
  const fitting = Array.from({ length: 2 ** units }, (_, bits) =>
    Array.from({ length: units }, (_unit, k) => ((bits >> k) & 1 ? 1 / (1 - rate) : 0)),
  ).filter((mask) => expected(mask).every((value, index) => Math.abs(value - (trained[index] as number)) < 1e-10));
  assert.equal(fitting.length, 1);
  const kept = fitting[0]?.filter((factor) => factor > 0).length as number;
  assert.ok(kept > 0 && kept < units, `${kept} of ${units} kept`);
  assert.notDeepEqual(outputs({ training: true, key: randomKey(6) }), trained);
  // no dropout at prediction
  const plain = expected(new Array<number>(units).fill(1));
  outputs(PREDICTION).forEach((value, index) => {
    assert.ok(Math.abs(value - (plain[index] as number)) < 1e-12, `element ${index}`);
  });
});

test("input dropout drops features of each step separately, and padding stays padding", () => {
  const layer = {
    type: "rnn",
    units: 1,
    activation: "identity",
    returnSequences: true,
    mask: 7,
    inputDropout: 0.5,
  } as const;
  const steps = 400;
  const model = modelOf([steps, 1], layer);
  const one = literal({ shape: [1, 1], dtype: "float32", data: Float64Array.of(1) });
  const nothing = literal({ shape: [1, 1], dtype: "float32", data: Float64Array.of(0) });
  const state = {
    parameters: { "0": { inputWeight: one, recurrentWeight: nothing, bias: nothing.reshape([1]) } },
    buffers: {},
  };
  const data = new Float64Array(steps).fill(1);
  data[3] = 7;
  const x = literal({ shape: [1, steps, 1], dtype: "float32", data });
  const values = numbersOf(model.apply(state, x, { training: true, key: randomKey(2) }).output);
  assert.equal(values[3], 7);
  assert.ok(
    values.every((value, t) => t === 3 || value === 0 || value === 2),
    "0 or 1 / (1 - 0.5)",
  );
  const kept = values.filter((value) => value === 2).length;
  assert.ok(kept > 150 && kept < 250, `${kept} of ${steps - 1} kept`);
});

test("dropout between layers is the second layer's input dropout", () => {
  const model = modelOf([3, 4], { type: "gru", units: 50, layers: 2, dropout: 0.5, returnSequences: true });
  const configs = model.layers.map(({ path, config }) => [path, (config as { inputDropout: number }).inputDropout]);
  assert.deepEqual(configs, [
    ["0", 0],
    ["0.0", 0],
    ["0.1", 0.5],
  ]);
  assert.ok(model.isRandom);
  const state = scatteredState(model);
  const x = literal(scattered([1, 3, 4]));
  const below = (seed: number): number[] => {
    const { activations } = model.apply(state, x, { training: true, key: randomKey(seed) });
    return numbersOf(activations.get("0.0") as Tensor);
  };
  assert.deepEqual(below(1), below(2));
  const above = (seed: number): number[] =>
    numbersOf(model.apply(state, x, { training: true, key: randomKey(seed) }).output);
  assert.notDeepEqual(above(1), above(2));
});

test("a recurrent model goes through JSON unchanged", () => {
  const model = modelOf([3, 2], { type: "lstm", units: 2, layers: 2, bidirectional: true, mask: 0, peepholes: true });
  const again = createModel(JSON.parse(JSON.stringify(model)));
  assert.deepEqual(again.toJSON(), model.toJSON());
  assert.equal(again.parameterCount, model.parameterCount);
});

test("a summary shows the number of layers, and each of them", () => {
  const text = modelOf([3, 2], { type: "lstm", units: 2, layers: 2, bidirectional: true, dropout: 0.5 }).summary();
  assert.match(text, /^0 +lstm\(units=2, layers=2, bidirectional=true, dropout=0\.5\) +\(N, 4\) +0$/m);
  assert.match(text, /^ +0\.1\.backward +lstm\(units=2, reverse=true, inputDropout=0\.5\) +\(N, 2\) +56$/m);
});

const MISTAKES: readonly {
  readonly what: string;
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerInput[];
  readonly says: RegExp;
}[] = [
  {
    what: "vectors",
    inputShape: [784],
    layers: [{ type: "lstm", units: 3 }],
    says: /in layers\.0 \(lstm\): expects sequences \(T, F\).*got \(784,\).*"reshape", "shape": \[T, F\]/,
  },
  {
    what: "sequences of length 0",
    inputShape: [0, 2],
    layers: [{ type: "lstm", units: 3 }],
    says: /inputShape must be a list of sizes, each at least 1/,
  },
  {
    what: "images",
    inputShape: [1, 28, 28],
    layers: [{ type: "rnn", units: 3 }],
    says: /expects sequences \(T, F\).*got \(1, 28, 28\).*"reshape", "shape": \[T, -1\]/,
  },
  {
    what: "a second layer over the last step only",
    inputShape: [4, 2],
    layers: [
      { type: "gru", units: 3 },
      { type: "gru", units: 3 },
    ],
    says: /in layers\.1 \(gru\): expects sequences.*got \(3,\)/,
  },
  {
    what: "dropout between layers with a single layer",
    inputShape: [4, 2],
    layers: [{ type: "lstm", units: 3, dropout: 0.5 }],
    says: /dropout acts between layers.*inputDropout/,
  },
  {
    what: "a second bias without a first",
    inputShape: [4, 2],
    layers: [{ type: "gru", units: 3, bias: false, recurrentBias: true }],
    says: /recurrentBias.*needs bias: true/,
  },
  {
    what: "bidirectional and reverse",
    inputShape: [4, 2],
    layers: [{ type: "gru", units: 3, bidirectional: true, reverse: true }],
    says: /Leave reverse out/,
  },
  {
    what: "an activation that has parameters",
    inputShape: [4, 2],
    layers: [{ type: "rnn", units: 3, activation: "prelu" } as unknown as LayerConfig],
    says: /activation must be "tanh" or "relu"/,
  },
  {
    what: "a share of 1",
    inputShape: [4, 2],
    layers: [{ type: "lstm", units: 3, recurrentDropout: 1 }],
    says: /recurrentDropout must be a number in \[0, 1\)/,
  },
];

for (const { what, inputShape, layers, says } of MISTAKES) {
  test(`${what}: refused with what to do`, () => {
    assert.throws(
      () => createModel({ inputShape, layers }),
      (error) => {
        assert.ok(error instanceof GradusError);
        assert.equal(error.code, "bad-argument");
        assert.match(error.message, says);
        return true;
      },
    );
  });
}
