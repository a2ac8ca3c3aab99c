import assert from "node:assert/strict";
import { test } from "node:test";
import { randomBits } from "../../src/core/random.ts";
import { rangeTest, readCurve } from "../../src/doctor/range-test.ts";
import type { OptimizerConfig } from "../../src/optim/optimizers.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import type { Training } from "../../src/train/training.ts";
import { clouds, settingsOf, waves } from "./remedies/patients.ts";

const backend = createReferenceBackend();

/** 100 rates over six decades, and the loss at each. */
function curveOf(lossAt: (rate: number, index: number) => number) {
  return Array.from({ length: 100 }, (_, index) => {
    const rate = 1e-5 * 10 ** ((6 * index) / 99);
    return { rate, loss: lossAt(rate, index) };
  });
}

test("a curve that falls, stays low and diverges: the rate is below a third of the lowest and a tenth of the edge", () => {
  const curve = curveOf((rate) => (rate > 1 ? 9 : 2 - 1.8 / (1 + (0.01 / rate) ** 2)));
  const { rate = Number.NaN, steepest = 0, lowest = 0, diverges = 0 } = readCurve(curve);
  assert.ok(steepest > 0.003 && steepest < 0.03, `steepest ${steepest}`);
  assert.ok(diverges >= 0.5 && diverges < 2, `diverges ${diverges}`);
  assert.ok(rate <= lowest / 3 && rate <= diverges / 10 + 1e-9 && rate > 0.005, `rate ${rate}`);
});

test("without a fall, or with one within the noise, there is no rate", () => {
  assert.equal(readCurve(curveOf(() => 2)).rate, undefined);
  const words = randomBits([7, 7], 100);
  assert.equal(readCurve(curveOf((_, index) => 2 + (words[index] as number) / 2 ** 32)).rate, undefined);
  assert.deepEqual(readCurve([]), {});
  assert.ok((readCurve(curveOf((rate) => (rate > 0.1 ? 50 : 2))).diverges ?? 0) > 0.05, "but there is an edge");
});

const layers = [{ type: "linear", units: 12 }, "relu", { type: "linear", units: 3 }] as const;

for (const optimizer of [
  { type: "sgd" },
  { type: "sgd", momentum: 0.9 },
  { type: "adam" },
  { type: "rmsprop" },
  { type: "adagrad" },
  { type: "adadelta" },
] satisfies OptimizerConfig[]) {
  test(`the rate found for ${JSON.stringify(optimizer)} learns`, async () => {
    const data = clouds(96);
    const settings = settingsOf(layers, { optimizer });
    const training: Training = { settings, data: { train: data, validation: data } };
    const range = { low: 1e-5, high: optimizer.type === "adadelta" ? 1000 : 10 };
    const { rate = Number.NaN, curve } = await rangeTest(training, { ...range, backend, seconds: 5 });
    assert.ok(rate > range.low && rate < range.high, `rate ${rate} of ${curve.length} steps`);
    // 20 steps at that rate and at a hundredth of it: a range test over a flat range
    const lossAt = async (fixed: number) => {
      const run = await rangeTest(training, { low: fixed, high: fixed * 1.001, steps: 20, backend, seconds: 5 });
      const last = run.curve.slice(-5);
      return last.length < 5 ? Number.POSITIVE_INFINITY : last.reduce((sum, { loss }) => sum + loss, 0) / 5;
    };
    assert.ok((await lossAt(rate)) < (await lossAt(rate / 100)), "better than a hundredth of it");
  });
}

test("a rate that destroys the network ends the test, and marks the edge", async () => {
  const data = waves(64, 1000);
  const settings = settingsOf([{ type: "linear", units: 1 }], { inputShape: [5], loss: { type: "mse" } });
  const { diverges, steps } = await rangeTest(
    { settings, data: { train: data, validation: data } },
    { low: 1e-3, high: 100, backend },
  );
  assert.ok(steps < 100 && (diverges ?? 0) < 100, `${steps} steps, edge ${diverges}`);
});

test("the test sees samples scaled according to the settings", async () => {
  const data = waves(64, 1000);
  const settings = settingsOf([{ type: "linear", units: 1 }], {
    inputShape: [5],
    loss: { type: "mse" },
    standardizeTargets: true,
  });
  const { curve } = await rangeTest(
    { settings, data: { train: data, validation: data } },
    { low: 1e-5, high: 1, backend },
  );
  assert.ok((curve[0]?.loss ?? 0) < 10, `first loss ${curve[0]?.loss}`);
});
