import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reading } from "gradus/watch";
import { check, holds } from "../../apps/playground/src/stories/check.ts";
import type { Run } from "../../apps/playground/src/stories/measures.ts";
import type { StoryPromise } from "../../apps/playground/src/stories/story.ts";

const layer = (path: string, type: string, block?: number) => ({
  path,
  type,
  block,
  outputShape: [2],
  parameterCount: 6,
});

/** A linear layer, normalisation, activation, and the output layer. */
const VIEW: Run["view"] = {
  layers: [layer("0", "linear", 0), layer("1", "batchNorm", 0), layer("2", "sigmoid", 0), layer("3", "linear")],
  parameterCount: 18,
  stepsPerEpoch: 2,
};

const EMPTY: Run = {
  view: VIEW,
  epoch: 0,
  epochs: [],
  readings: [],
  failure: undefined,
  hasFinished: false,
  marks: [],
};

const reading = (step: number, lowest: number, highest = 1): Reading => ({
  step,
  epoch: Math.ceil(step / 2),
  loss: 1,
  gradientNorm: Math.max(lowest, highest),
  layers: {
    "0": { gradientNorm: lowest },
    // normalisation has a gradient, but no weights that multiply
    "1": { gradientNorm: 1e6 },
    "2": { variance: 4 },
    "3": { gradientNorm: highest },
  },
});

const epoch = (number: number, validationAccuracy: number, validationLoss = 1) => ({
  epoch: number,
  step: number * 2,
  trainLoss: 1,
  trainAccuracy: 0.9,
  validationLoss,
  validationAccuracy,
});

const RATIO: StoryPromise = { measure: "gradientRatio", bound: { atMost: 0.01 }, afterEpochs: 2 };
const BEST: StoryPromise = { measure: "bestTestAccuracy", bound: { atLeast: 0.9 }, afterEpochs: 3 };

describe("promises", () => {
  test("waits until its epoch has ended, and shows the value meanwhile", () => {
    assert.deepEqual(check(RATIO, EMPTY), { promise: RATIO, verdict: "waiting", value: undefined });
    const begun = { ...EMPTY, readings: [reading(1, 1e-3)] };
    assert.deepEqual(check(RATIO, begun), { promise: RATIO, verdict: "waiting", value: 1e-3 });
    const judged = { ...begun, epoch: 2, epochs: [epoch(1, 0.5), epoch(2, 0.5)] };
    assert.equal(check(RATIO, judged).verdict, "kept");
  });

  test("compares the layers with weights, by the median of the later half", () => {
    const readings = [1, 2, 3, 4].map((step) => reading(step, step === 3 ? 0.5 : 1e-3));
    const run = { ...EMPTY, epoch: 2, readings: [...readings, reading(4, 1e-3), reading(4, 1e-3)] };
    assert.equal(check(RATIO, run).value, 1e-3);
  });

  test("stays as it was judged, whatever comes later", () => {
    const run = { ...EMPTY, epoch: 9, readings: [reading(1, 1e-3), reading(4, 1e-3), reading(5, 1), reading(18, 1)] };
    assert.deepEqual(check(RATIO, run), { promise: RATIO, verdict: "kept", value: 1e-3 });
  });

  test("is decided early where nothing can change it", () => {
    const run = { ...EMPTY, epoch: 1, epochs: [epoch(1, 0.95)] };
    assert.equal(check(BEST, run).verdict, "kept");
    const low: StoryPromise = { ...BEST, bound: { atMost: 0.6 } };
    assert.equal(check(low, run).verdict, "broken");
    assert.equal(check(low, { ...EMPTY, epoch: 1, epochs: [epoch(1, 0.5)] }).verdict, "waiting");
  });

  test("a run that failed or ended is judged by what there is", () => {
    const failure = { step: 3, epoch: 2, tensor: "loss" };
    const failed: Run = { ...EMPTY, epoch: 1, readings: [reading(1, 2e4)], failure };
    const FAILS: StoryPromise = { measure: "hasFailed", bound: { atLeast: 1 }, afterEpochs: 2 };
    assert.equal(check(FAILS, failed).verdict, "kept");
    assert.equal(check({ ...FAILS, bound: { atMost: 0 } }, failed).verdict, "broken");
    assert.equal(check({ ...FAILS, bound: { atMost: 0 } }, EMPTY).verdict, "waiting");
    assert.equal(check(BEST, failed).verdict, "broken");
    const large: StoryPromise = { measure: "largestGradient", bound: { atLeast: 1000 }, afterEpochs: 2 };
    assert.equal(check(large, failed).value, Number.POSITIVE_INFINITY);
    assert.equal(check(large, { ...failed, failure: undefined }).value, 2e4);
    assert.equal(check(large, EMPTY).value, undefined);
  });

  test("counts from the last change in the middle of the run", () => {
    const marks = [{ step: 4, epoch: 2 }];
    const readings = [reading(1, 1e-3), reading(4, 1e-3), reading(5, 1)];
    const changed: Run = { ...EMPTY, epoch: 3, readings, epochs: [epoch(1, 0.95), epoch(3, 0.5)], marks };
    assert.deepEqual(check(RATIO, changed), { promise: RATIO, verdict: "waiting", value: 1 });
    assert.equal(check(RATIO, { ...changed, epoch: 4 }).verdict, "broken");
    assert.equal(check(BEST, changed).value, 0.5);
  });

  test("compares the test loss with its lowest, and the parts' accuracy", () => {
    const epochs = [epoch(1, 0.8, 0.5), epoch(2, 0.7, 1), epoch(3, 0.7, 1)];
    const run = { ...EMPTY, epoch: 3, epochs };
    const rise: StoryPromise = { measure: "testLossRise", bound: { atLeast: 1.8 }, afterEpochs: 3 };
    assert.deepEqual(check(rise, run), { promise: rise, verdict: "kept", value: 2 });
    const gap: StoryPromise = { measure: "accuracyGap", bound: { atLeast: 0.1 }, afterEpochs: 3 };
    assert.equal(check(gap, run).verdict, "kept");
  });

  test("bounds contain their ends; NaN lies in none", () => {
    assert.ok(holds({ atLeast: 0.1, atMost: 10 }, 10));
    assert.ok(!holds({ atLeast: 0.1, atMost: 10 }, 10.1));
    assert.ok(!holds({ atMost: 1 }, Number.NaN));
  });
});
