import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import { GradusError } from "../../src/core/errors.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/node.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { randomKey } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { listed } from "../autodiff/arrays.ts";
import { modelOf } from "./support.ts";

const SIZE = 20_000;

interface Run {
  readonly y: readonly number[];
  readonly gradient: readonly number[];
}

/** Output and gradient of its sum, for constant inputs (or given ones). */
function run(
  layer: LayerInput,
  context: { training: boolean; stochastic?: boolean; seed?: number },
  input: number | readonly number[] = 1,
): Run {
  const model = modelOf([SIZE], layer);
  const x = makeNode("input", [], { name: "x", shape: [1, SIZE], dtype: "float32" });
  const { seed, ...rest } = context;
  const { output } = model.apply({ parameters: {}, buffers: {} }, new Tensor(x), {
    ...rest,
    ...(seed === undefined ? {} : { key: randomKey(seed) }),
  });
  const [gradient] = gradients(output.sum().node, [x]);
  const executable = createReferenceBackend().compileNow(
    { inputs: [x], states: [], outputs: [output.node, gradient as Node] },
    [],
  );
  const values = typeof input === "number" ? new Array<number>(SIZE).fill(input) : input;
  const [y, slope] = executable.run([listed([1, SIZE], values)]);
  return { y: Array.from(y?.data ?? []), gradient: Array.from(slope?.data ?? []) };
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

function assertNear(found: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(found - expected) < tolerance, `${what} is ${found}, expected ${expected} within ${tolerance}`);
}

test("dropout drops its share, scales the rest, and the backward pass has the same mask", () => {
  const rate = 0.3;
  const { y, gradient } = run({ type: "dropout", rate }, { training: true, seed: 4 });
  const dropped = y.filter((value) => value === 0).length / SIZE;
  // binomial: deviation sqrt(0.3 * 0.7 / 20000) = 0.0032; five of them
  assertNear(dropped, rate, 0.0162, "share dropped");
  assert.ok(
    y.every((value) => value === 0 || Math.abs(value - 1 / 0.7) < 1e-15),
    "kept values are x / (1 - rate)",
  );
  assertNear(moments(y).mean, 1, 0.0232, "mean");
  // for the input 1, the output equals the derivative, element by element
  assert.deepEqual(gradient, y);
});

test("the same key gives the same mask, another key another", () => {
  const layer = { type: "dropout", rate: 0.5 } as const;
  const first = run(layer, { training: true, seed: 4 }).y;
  assert.deepEqual(run(layer, { training: true, seed: 4 }).y, first);
  const other = run(layer, { training: true, seed: 5 }).y;
  const both = first.filter((value, index) => value > 0 && (other[index] as number) > 0).length / SIZE;
  // independent masks agree on a quarter; deviation 0.0031
  assertNear(both, 0.25, 0.0153, "share kept by both");
});

const RANDOM: readonly LayerInput[] = [
  { type: "dropout", rate: 0.4 },
  { type: "alphaDropout", rate: 0.4 },
  { type: "gaussianNoise", std: 0.5 },
  { type: "gaussianDropout", rate: 0.4 },
  { type: "rrelu" },
];

test("prediction is not random, Monte-Carlo prediction is", () => {
  const fixed = run({ type: "dropout", rate: 0.4 }, { training: false });
  assert.ok(
    fixed.y.every((value) => value === 1),
    "dropout at prediction changes nothing",
  );
  for (const layer of RANDOM) {
    assert.equal(modelOf([2], layer).isRandom, true);
    const plain = run(layer, { training: false }, -1).y;
    assert.ok(
      plain.every((value) => value === plain[0]),
      `${JSON.stringify(layer)} at prediction`,
    );
    assert.ok(
      new Set(run(layer, { training: false, stochastic: true, seed: 2 }, -1).y).size > 1,
      `${JSON.stringify(layer)} sampled`,
    );
    assert.ok(
      new Set(run(layer, { training: true, stochastic: false }, -1).y).size === 1,
      `${JSON.stringify(layer)} switched off`,
    );
  }
});

test("a rate of 0 draws nothing and needs no key", () => {
  for (const layer of [
    { type: "dropout", rate: 0 },
    { type: "alphaDropout", rate: 0 },
    { type: "gaussianNoise", std: 0 },
  ] as const) {
    assert.equal(modelOf([2], layer).isRandom, false);
    assert.ok(
      run(layer, { training: true }).y.every((value) => value === 1),
      layer.type,
    );
  }
});

/** Standard normal numbers, reproducible. */
function normals(): number[] {
  return run({ type: "gaussianNoise", std: 1 }, { training: true, seed: 77 }, 0).y.slice();
}

test("alphaDropout keeps mean and variance of standard inputs", () => {
  const x = normals();
  const before = moments(x);
  assertNear(before.mean, 0, 0.036, "mean of the inputs");
  assertNear(before.variance, 1, 0.05, "variance of the inputs");
  const { y, gradient } = run({ type: "alphaDropout", rate: 0.25 }, { training: true, seed: 3 }, x);
  const after = moments(y);
  assertNear(after.mean, 0, 0.05, "mean");
  assertNear(after.variance, 1, 0.07, "variance");
  // by hand: q = 0.75, alpha' = -1.7580993408473766
  const limit = -1.7580993408473766;
  const a = 1 / Math.sqrt(0.75 + limit ** 2 * 0.75 * 0.25);
  const b = -a * 0.25 * limit;
  y.forEach((value, index) => {
    const isKept = gradient[index] !== 0;
    const expected = isKept ? a * (x[index] as number) + b : a * limit + b;
    if (Math.abs(value - expected) > 1e-14) assert.fail(`element ${index}: ${value}, expected ${expected}`);
  });
  assertNear(gradient.filter((slope) => slope === 0).length / SIZE, 0.25, 0.0154, "share dropped");
});

test("gaussian noise and gaussian dropout have the documented deviation", () => {
  const noise = moments(run({ type: "gaussianNoise", std: 0.5 }, { training: true, seed: 1 }, 3).y);
  assertNear(noise.mean, 3, 5 * (0.5 / Math.sqrt(SIZE)), "mean with noise");
  assertNear(noise.variance, 0.25, 5 * 0.25 * Math.sqrt(2 / SIZE), "variance of the noise");
  const factors = moments(run({ type: "gaussianDropout", rate: 0.2 }, { training: true, seed: 1 }, 2).y);
  assertNear(factors.mean, 2, 5 * (1 / Math.sqrt(SIZE)), "mean of gaussian dropout");
  // 4 rate / (1 - rate) = 1
  assertNear(factors.variance, 1, 5 * Math.sqrt(2 / SIZE), "variance of gaussian dropout");
});

test("a rate outside [0, 1) is refused, with the layer's name", () => {
  for (const type of ["dropout", "alphaDropout", "gaussianDropout"] as const) {
    for (const rate of [1.5, 1, -0.1, Number.NaN, "half" as unknown as number]) {
      assert.throws(
        () => modelOf([2], "relu", { type, rate }),
        (error: unknown) =>
          error instanceof GradusError &&
          error.code === "bad-argument" &&
          error.values.field === "rate" &&
          error.values.where === `in layers.1 (${type})`,
      );
    }
  }
});

test("a random layer without a key is refused", () => {
  for (const layer of RANDOM) {
    assert.throws(
      () => run(layer, { training: true }),
      (error: unknown) => error instanceof GradusError && error.code === "bad-argument" && error.values.layer === "0",
    );
  }
});
