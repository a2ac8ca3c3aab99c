import assert from "node:assert/strict";
import { test } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import type { BatchNormConfig } from "../../src/nn/batch-norm.ts";
import type { Model } from "../../src/nn/model.ts";
import type { ModelState } from "../../src/nn/state.ts";
import { listed, scattered } from "../autodiff/arrays.ts";
import { leafAt, literal, modelOf, numbersOf, PREDICTION, TRAINING } from "./support.ts";

function near(found: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(found.length, expected.length, what);
  found.forEach((value, index) => {
    assert.ok(
      Math.abs(value - (expected[index] as number)) < 1e-12,
      `${what}, element ${index}: ${value}, expected ${expected[index]}`,
    );
  });
}

// two features, three samples: means 2 and 10, variances 2/3 and 24, unbiased 1 and 36
const FIRST = listed([3, 2], [1, 4, 2, 10, 3, 16]);
// means 6 and -1, variances 14/3 and 2/3, unbiased 7 and 1
const SECOND = listed([3, 2], [4, -2, 9, 0, 5, -1]);

function afterBatches(model: Model, state: ModelState): ModelState {
  let buffers = state.buffers;
  for (const batch of [FIRST, SECOND]) buffers = model.apply({ ...state, buffers }, literal(batch), TRAINING).buffers;
  return { ...state, buffers };
}

/** Running mean and variance after the two batches. */
function running(config: BatchNormConfig): { mean: number[]; variance: number[] } {
  const model = modelOf([2], config);
  const { buffers } = afterBatches(model, model.initialize(0));
  return {
    mean: numbersOf(leafAt(buffers, "0.runningMean")),
    variance: numbersOf(leafAt(buffers, "0.runningVariance")),
  };
}

test("training uses the batch's own statistics", () => {
  const model = modelOf([2], { type: "batchNorm", epsilon: 0.5 });
  const state = {
    ...model.initialize(0),
    parameters: { "0": { weight: literal(listed([2], [2, 3])), bias: literal(listed([2], [5, 7])) } },
  };
  const { output } = model.apply(state, literal(FIRST), TRAINING);
  const a = 2 / Math.sqrt(2 / 3 + 0.5);
  const b = (3 * 6) / Math.sqrt(24 + 0.5);
  near(numbersOf(output), [5 - a, 7 - b, 5, 7, 5 + a, 7 + b], "output");
});

test("running statistics move by 1 - decay, the variance unbiased", () => {
  // from 0 and 1: 0.9 * (0.9 * 0 + 0.1 * 2) + 0.1 * 6, and so on
  const { mean, variance } = running({ type: "batchNorm" });
  near(mean, [0.9 * 0.2 + 0.6, 0.9 * 1 - 0.1], "mean");
  near(variance, [0.9 * (0.9 + 0.1 * 1) + 0.1 * 7, 0.9 * (0.9 + 0.1 * 36) + 0.1 * 1], "variance");
  const half = running({ type: "batchNorm", decay: 0.5, runningVariance: "population" });
  near(half.mean, [0.5 * 1 + 3, 0.5 * 5 - 0.5], "mean, decay 0.5");
  near(half.variance, [0.5 * (0.5 + 1 / 3) + 7 / 3, 0.5 * (0.5 + 12) + 1 / 3], "population variance, decay 0.5");
});

test("cumulative statistics are plain means over the batches", () => {
  const model = modelOf([2], { type: "batchNorm", decay: "cumulative" });
  const { buffers } = afterBatches(model, model.initialize(0));
  near(numbersOf(leafAt(buffers, "0.runningMean")), [4, 4.5], "mean");
  near(numbersOf(leafAt(buffers, "0.runningVariance")), [4, 18.5], "variance");
  assert.equal(leafAt(buffers, "0.count").dtype, "int32");
  assert.deepEqual(numbersOf(leafAt(buffers, "0.count")), [2]);
});

test("prediction uses the running statistics and does not change them", () => {
  const model = modelOf([2], { type: "batchNorm", epsilon: 1e-5 });
  const state = model.initialize(0);
  const buffers = {
    "0": { runningMean: literal(listed([2], [1, -1])), runningVariance: literal(listed([2], [4, 9])) },
  };
  const result = model.apply({ ...state, buffers }, literal(listed([1, 2], [3, 5])), PREDICTION);
  near(numbersOf(result.output), [2 / Math.sqrt(4 + 1e-5), 6 / Math.sqrt(9 + 1e-5)], "output");
  assert.equal(leafAt(result.buffers, "0.runningMean"), buffers["0"].runningMean);
  // Monte-Carlo prediction is prediction too
  const sampled = model.apply({ ...state, buffers }, literal(listed([1, 2], [3, 5])), {
    training: false,
    stochastic: true,
  });
  assert.deepEqual(numbersOf(sampled.output), numbersOf(result.output));
});

test("channels of images and sequences share statistics over all positions", () => {
  const x = scattered([2, 3, 2, 2]);
  const model = modelOf([3, 2, 2], { type: "batchNorm", decay: 0 });
  const { output, buffers } = model.apply(model.initialize(0), literal(x), TRAINING);
  const channel = (values: ArrayLike<number>, c: number) =>
    Array.from(values).filter((_, index) => Math.floor(index / 4) % 3 === c);
  for (let c = 0; c < 3; c++) {
    const values = channel(x.data, c);
    const mean = values.reduce((sum, value) => sum + value, 0) / 8;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8;
    near(
      channel(numbersOf(output), c),
      values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5)),
      `channel ${c}`,
    );
    near([numbersOf(leafAt(buffers, "0.runningMean"))[c] as number], [mean], `running mean of channel ${c}`);
    near(
      [numbersOf(leafAt(buffers, "0.runningVariance"))[c] as number],
      [(variance * 8) / 7],
      `running variance of channel ${c}`,
    );
  }
});

test("one number per channel has no variance", () => {
  const model = modelOf([2], { type: "batchNorm" });
  const state = model.initialize(0);
  const one = literal(listed([1, 2], [1, 2]));
  assert.throws(
    () => model.apply(state, one, TRAINING),
    (error: unknown) =>
      error instanceof GradusError &&
      error.code === "bad-argument" &&
      error.values.layer === "0" &&
      /in layers\.0 \(batchNorm\)/.test(error.message),
  );
  // one sample of several positions has a variance, and prediction does not need one
  const sequences = modelOf([2, 3], { type: "batchNorm" });
  assert.doesNotThrow(() => sequences.apply(sequences.initialize(0), literal(scattered([1, 2, 3])), TRAINING));
  assert.doesNotThrow(() => model.apply(state, one, PREDICTION));
});
