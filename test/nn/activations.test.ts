import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import { makeNode } from "../../src/graph/build.ts";
import * as exponentials from "../../src/nn/activations/exponentials.ts";
import * as gated from "../../src/nn/activations/gated.ts";
import * as rectifiers from "../../src/nn/activations/rectifiers.ts";
import * as shrink from "../../src/nn/activations/shrink.ts";
import * as sigmoids from "../../src/nn/activations/sigmoids.ts";
import {
  ACTIVATIONS,
  type ActivationConfig,
  activationFacts,
  isOfAllUnits,
  isSaturated,
} from "../../src/nn/activations.ts";
import type { Resolved } from "../../src/nn/fields.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { checkGradients } from "../../src/tensor/check-gradients.ts";
import { randomKey } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { listed, scattered } from "../autodiff/arrays.ts";
import { compiledBackends } from "../engine/backends.ts";

interface Vector {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly dydx: readonly number[];
}

const vectors = (
  JSON.parse(readFileSync(new URL("../vectors/torch-extra.json", import.meta.url), "utf8")) as {
    readonly activations: readonly Vector[];
  }
).activations;

/** Layers for PyTorch's functions; one of our functions if no layer has the option. */
const SAME: Readonly<Record<string, ActivationConfig>> = {
  relu: { type: "relu" },
  relu6: { type: "relu6" },
  "leaky_relu(.01)": { type: "leakyRelu" },
  "leaky_relu(.2)": { type: "leakyRelu", slope: 0.2 },
  "rrelu_eval(1/8,1/3)": { type: "rrelu" },
  "elu(1)": { type: "elu" },
  "elu(.5)": { type: "elu", alpha: 0.5 },
  selu: { type: "selu" },
  "celu(1)": { type: "celu" },
  "celu(2)": { type: "celu", alpha: 2 },
  gelu: { type: "gelu" },
  gelu_tanh: { type: "gelu", form: "tanh" },
  silu: { type: "silu" },
  mish: { type: "mish" },
  softplus: { type: "softplus" },
  "softplus(beta=2)": { type: "softplus", beta: 2 },
  softsign: { type: "softsign" },
  tanh: { type: "tanh" },
  sigmoid: { type: "sigmoid" },
  logsigmoid: { type: "logSigmoid" },
  hardsigmoid: { type: "hardSigmoid" },
  hardswish: { type: "hardSwish" },
  hardtanh: { type: "hardTanh" },
  softshrink: { type: "softShrink" },
  hardshrink: { type: "hardShrink" },
  tanhshrink: { type: "tanhShrink" },
};

/** The function of one layer at prediction. */
function layerFunction(config: ActivationConfig, inputs = 1): (x: Tensor) => Tensor {
  const model = createModel({ inputShape: [inputs], layers: [config] });
  const state = model.initialize(0);
  return (x) => model.apply(state, x, { training: false }).output;
}

/** Values and derivatives at each of several points, in float64. */
function evaluate(fn: (x: Tensor) => Tensor, points: readonly number[]): { y: number[]; slope: number[] } {
  const x = makeNode("input", [], { name: "x", shape: [points.length, 1], dtype: "float32" });
  const y = fn(new Tensor(x));
  const [gradient] = gradients(y.sum().node, [x]);
  const executable = createReferenceBackend().compileNow(
    { inputs: [x], states: [], outputs: [y.node, gradient as NonNullable<typeof gradient>] },
    [],
  );
  const [values, slopes] = executable.run([listed([points.length, 1], points)]);
  return { y: Array.from(values?.data ?? []), slope: Array.from(slopes?.data ?? []) };
}

test("PyTorch's vectors name 26 activations, and all are known", () => {
  assert.deepEqual(vectors.map(({ name }) => name).sort(), Object.keys(SAME).sort());
  assert.equal(vectors.length, 26);
});

for (const { name, x, y, dydx } of vectors) {
  test(`${name} and its derivative are PyTorch's`, () => {
    const found = evaluate(layerFunction(SAME[name] as ActivationConfig), x);
    // PyTorch's derivative of the hard sigmoid is 1/6 rounded to float32
    const tolerance = name === "hardsigmoid" ? 1e-7 : 1e-10;
    x.forEach((at, index) => {
      const value = found.y[index] as number;
      const slope = found.slope[index] as number;
      assert.ok(Math.abs(value - (y[index] as number)) <= 1e-10, `${name}(${at}) = ${value}, expected ${y[index]}`);
      assert.ok(
        Math.abs(slope - (dydx[index] as number)) <= tolerance,
        `${name}'(${at}) = ${slope}, expected ${dydx[index]}`,
      );
    });
  });
}

/** Every activation with its defaults, and with each option that it has. */
const OPTIONS: { readonly [T in ActivationConfig["type"]]: readonly Extract<ActivationConfig, { type: T }>[] } = {
  relu: [{ type: "relu" }],
  leakyRelu: [{ type: "leakyRelu" }, { type: "leakyRelu", slope: 0.3 }],
  prelu: [{ type: "prelu" }, { type: "prelu", slopes: "perChannel", start: 0.1 }],
  rrelu: [{ type: "rrelu" }, { type: "rrelu", low: 0.1, high: 0.2 }],
  relu6: [{ type: "relu6" }],
  thresholdedRelu: [{ type: "thresholdedRelu" }, { type: "thresholdedRelu", threshold: 0.4 }],
  elu: [{ type: "elu" }, { type: "elu", alpha: 0.5 }],
  selu: [{ type: "selu" }],
  celu: [{ type: "celu" }, { type: "celu", alpha: 2 }],
  softplus: [{ type: "softplus" }, { type: "softplus", beta: 3 }],
  exponential: [{ type: "exponential" }],
  tanh: [{ type: "tanh" }],
  sigmoid: [{ type: "sigmoid" }],
  hardSigmoid: [{ type: "hardSigmoid" }],
  hardTanh: [{ type: "hardTanh" }, { type: "hardTanh", low: -0.5, high: 0.75 }],
  logSigmoid: [{ type: "logSigmoid" }],
  softsign: [{ type: "softsign" }],
  gelu: [{ type: "gelu" }, { type: "gelu", form: "tanh" }],
  silu: [{ type: "silu" }],
  mish: [{ type: "mish" }],
  hardSwish: [{ type: "hardSwish" }],
  softmax: [{ type: "softmax" }, { type: "softmax", axis: 1 }],
  logSoftmax: [{ type: "logSoftmax" }, { type: "logSoftmax", axis: 1 }],
  identity: [{ type: "identity" }],
  softShrink: [{ type: "softShrink" }, { type: "softShrink", threshold: 0.2 }],
  hardShrink: [{ type: "hardShrink" }, { type: "hardShrink", threshold: 0.2 }],
  tanhShrink: [{ type: "tanhShrink" }],
};

for (const type of Object.keys(ACTIVATIONS) as ActivationConfig["type"][]) {
  for (const config of OPTIONS[type]) {
    test(`gradients of ${JSON.stringify(config)}`, () => {
      const model = createModel({ inputShape: [3, 2], layers: [config] });
      const { buffers, parameters } = model.initialize(0);
      const weight = (parameters["0"] as { readonly weight?: Tensor } | undefined)?.weight;
      const apply = (training: boolean) => (x: Tensor, learned?: Tensor) =>
        model.apply({ buffers, parameters: learned === undefined ? {} : { "0": { weight: learned } } }, x, {
          training,
          key: randomKey(1),
        }).output;
      const values = [scattered([2, 3, 2]), ...(weight === undefined ? [] : [scattered(weight.shape, 5)])];
      for (const training of [false, true]) checkGradients(apply(training), values, { tolerance: 1e-7 });
    });
  }

  test(`the facts of ${type} hold`, () => {
    for (const given of OPTIONS[type]) {
      const model = createModel({ inputShape: [1], layers: [given] });
      const config = model.layers[0]?.config as Resolved<ActivationConfig>;
      const facts = activationFacts(config);
      assert.ok(facts.gain > 0 && facts.source.length > 10, `${type} must state its gain and source`);
      const points = Array.from({ length: 401 }, (_, index) => (index - 200) / 20);
      const { y, slope } = evaluate(layerFunction(given), points);
      const [low, high] = facts.range;
      assert.ok(
        y.every((value) => value >= low - 1e-12 && value <= high + 1e-12),
        `${type} leaves its range`,
      );
      // of all units together: the test below
      if (facts.saturation === undefined || isOfAllUnits(facts)) continue;
      const largest = Math.max(...slope);
      const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY } = facts.saturation;
      const saturated = y.map((value) => value <= below || value >= above);
      assert.ok(saturated.includes(true), `${type} must saturate somewhere in [-10, 10]`);
      // saturated exactly where the derivative is below 4 % of the largest, except on the plateau of relu6 at 0
      saturated.forEach((is, index) => {
        const share = (slope[index] as number) / largest;
        if (is) assert.ok(share <= 0.0401, `${type} at ${points[index]}: derivative ${share} of the largest`);
        else
          assert.ok(
            share > 0.0399 || type === "relu6",
            `${type} at ${points[index]} is not saturated, derivative ${share}`,
          );
      });
    }
  });
}

test("softmax is saturated where p (1 - p), the derivative with respect to its own input, is below 4 % of 1/4", () => {
  const { above = 1, below = 0 } = activationFacts({ type: "softmax", axis: -1 }).saturation ?? {};
  for (const p of [0.001, 0.0099, 0.0102, 0.3, 0.5, 0.98, 0.9898, 0.9901, 0.999]) {
    assert.equal(p <= below || p >= above, (p * (1 - p)) / 0.25 <= 0.0401, `p = ${p}`);
  }
});

test("isSaturated works on the output, element by element", async () => {
  const y = new Tensor(makeNode("literal", [], listed([4], [0.001, 0.5, 0.995, 0.98])));
  const sigmoid = { type: "sigmoid" } as const;
  assert.deepEqual(Array.from((await isSaturated(sigmoid, y)?.data()) ?? []), [1, 0, 1, 0]);
  assert.equal(isSaturated({ type: "relu" }, y), undefined);
});

test("activations neither overflow nor lose NaN", () => {
  const far = [-1e4, -200, 200, 1e4];
  for (const type of Object.keys(ACTIVATIONS) as ActivationConfig["type"][]) {
    if (type === "exponential") continue; // overflow is intended
    const [config] = OPTIONS[type];
    const { y, slope } = evaluate(layerFunction(config as ActivationConfig), far);
    assert.ok([...y, ...slope].every(Number.isFinite), `${type} at ${far}: ${y}, derivative ${slope}`);
    assert.ok(
      Number.isNaN(evaluate(layerFunction(config as ActivationConfig), [Number.NaN]).y[0]),
      `${type} hides NaN`,
    );
  }
});

test("small inputs keep their digits", () => {
  for (const x of [1e-9, -1e-9, -1e-5, -1e-17, -0.3]) {
    const found = evaluate((t) => exponentials.elu(t), [x]).y[0] as number;
    const expected = x > 0 ? x : Math.expm1(x);
    assert.ok(Math.abs(found / expected - 1) < 1e-15, `elu(${x}) = ${found}, expected ${expected}`);
  }
  // log(1 + exp(-40)) is far below the rounding of 1 + exp(-40)
  const small = evaluate((t) => exponentials.softplus(t), [-40]).y[0] as number;
  assert.ok(Math.abs(small / Math.exp(-40) - 1) < 1e-14, `softplus(-40) = ${small}`);
});

test("functions take the options that layers do not have", () => {
  const at = (fn: (x: Tensor) => Tensor, x: number): number => evaluate(fn, [x]).y[0] as number;
  assert.equal(
    at((x) => sigmoids.hardSigmoid(x, 0.5, 0.6), 0.2),
    0.7,
  );
  assert.equal(
    at((x) => sigmoids.hardSigmoid(x, 0.5, 0.6), -5),
    0,
  );
  assert.equal(
    at((x) => exponentials.selu(x, 2, 3), -1),
    3 * (2 * Math.expm1(-1)),
  );
  assert.equal(
    at((x) => rectifiers.thresholdedRelu(x, 2), 1.5),
    0,
  );
  assert.equal(
    at((x) => shrink.softShrink(x, 1), -3),
    -2,
  );
  assert.equal(at(gated.hardSwish, 1), 4 * (1 / 6));
});

test("rrelu draws slopes between its bounds in training, new ones for each key", () => {
  const model = createModel({ inputShape: [2000], layers: [{ type: "rrelu" }] });
  const x = makeNode("input", [], { name: "x", shape: [1, 2000], dtype: "float32" });
  const draw = (seed: number): number[] => {
    const { output } = model.apply(model.initialize(0), new Tensor(x), { training: true, key: randomKey(seed) });
    const executable = createReferenceBackend().compileNow({ inputs: [x], states: [], outputs: [output.node] }, []);
    const [y] = executable.run([listed([1, 2000], new Array<number>(2000).fill(-1))]);
    return Array.from(y?.data ?? [], (value) => -value);
  };
  const slopes = draw(3);
  assert.ok(
    slopes.every((slope) => slope >= 1 / 8 && slope < 1 / 3),
    "a slope outside its bounds",
  );
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length;
  // deviation of the mean: (1/3 - 1/8) / sqrt(12) / sqrt(2000) = 0.00134; five of them
  assert.ok(Math.abs(mean - 11 / 48) < 0.0067, `mean slope ${mean}`);
  assert.deepEqual(draw(3), slopes);
  assert.notDeepEqual(draw(4), slopes);
});

for (const backend of compiledBackends({ threads: 1 })) {
  test(`small inputs keep their digits in float32 too: ${backend.description}`, async () => {
    const run = async (fn: (x: Tensor) => Tensor, at: readonly number[]): Promise<readonly number[]> => {
      const x = makeNode("input", [], { name: "x", shape: [at.length], dtype: "float32" });
      const executable = await backend.compile({ inputs: [x], states: [], outputs: [fn(new Tensor(x)).node] }, []);
      const [y] = await executable.run([{ shape: [at.length], dtype: "float32", data: Float32Array.from(at) }]);
      executable.dispose();
      return Array.from(y?.data ?? []);
    };
    // plain exp(x) - 1 would be wrong by 1e-3 at -1e-4; three units in the last place are 4e-7
    const small = [-1e-4, -1e-6, -1e-3, -0.02, -0.5].map(Math.fround);
    (await run((x) => exponentials.elu(x), small)).forEach((found, index) => {
      const expected = Math.expm1(small[index] as number);
      assert.ok(Math.abs(found / expected - 1) < 4e-7, `elu(${small[index]}) = ${found}, expected ${expected}`);
    });
    const negative = [-25, -12, -3, -0.25].map(Math.fround);
    (await run((x) => exponentials.softplus(x), negative)).forEach((found, index) => {
      const expected = Math.log1p(Math.exp(negative[index] as number));
      assert.ok(Math.abs(found / expected - 1) < 1e-6, `softplus(${negative[index]}) = ${found}, expected ${expected}`);
    });
  });
}
