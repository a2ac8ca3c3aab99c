import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupOf, progressOf } from "../../src/dashboard/folder/facts.ts";
import { histogramFrames } from "../../src/dashboard/run/histogram-frames.ts";
import type { RunEvent } from "../../src/runs/types.ts";
import { FakeRun } from "./fake-run.ts";

const started = (step: number, epochs: number, type: "started" | "resumed" = "started"): RunEvent => ({
  ...{ at: 0, type, backend: "wasm", threads: 1, epochs, stepsPerEpoch: 10 },
  ...{ parameters: 1, samples: 1, validationSamples: 0, step },
});

const ended = (epoch: number): RunEvent => ({
  ...{ at: 0, type: "epoch", epoch, step: 10 * epoch, train: {}, samplesPerSecond: 1 },
});

describe("how far a run is", () => {
  const progress = (events: RunEvent[], lastStep?: number) => {
    const run = new FakeRun("a");
    run.events = events;
    if (lastStep !== undefined) run.add("loss", [1, 1], [lastStep, 1]);
    run.refresh();
    const { step, steps, epoch, epochs } = progressOf(run);
    return [step, steps, epoch, epochs];
  };

  it("is in its measures and its events", () => {
    assert.deepEqual(progress([]), [0, null, 0, null]);
    assert.deepEqual(progress([], 7), [7, null, 0, null]);
    assert.deepEqual(progress([started(0, 5), ended(1), ended(2)], 24), [24, 50, 2, 5]);
    assert.deepEqual(progress([started(0, 5), ended(1)]), [10, 50, 1, 5]);
  });

  it("goes back with a run that is resumed before its last steps", () => {
    const before = [started(0, 5), ended(1), ended(2), ended(3)];
    assert.deepEqual(progress([...before, started(15, 8, "resumed")], 15), [15, 80, 1, 8]);
    assert.deepEqual(progress([...before, started(15, 8, "resumed"), ended(2)], 22), [22, 80, 2, 8]);
  });
});

describe("groups of runs", () => {
  it("are equal where settings differ in the seed alone, whatever their order", () => {
    const group = groupOf({ seed: 1, rate: 0.1, "data.seed": 3 }, null, "a");
    assert.equal(groupOf({ "data.seed": 4, rate: 0.1, seed: 2 }, null, "b"), group);
    assert.equal(groupOf({ rate: 0.1, random_state: 7, "model.random-seed": 1 }, null, "c"), group);
    assert.notEqual(groupOf({ seed: 1, rate: 0.2 }, null, "a"), group);
    assert.notEqual(groupOf({ seed: 1, rate: 0.1 }, { layers: [] }, "a"), group);
    // no seeds
    assert.notEqual(groupOf({ rate: 0.1, "model.state": 1, seeds: 2 }, null, "a"), group);
  });

  it("are none for runs without settings", () => {
    assert.notEqual(groupOf({}, null, "a"), groupOf({}, null, "b"));
    assert.notEqual(groupOf({ seed: 1 }, null, "a"), groupOf({ seed: 1 }, null, "b"));
  });
});

describe("histograms over time", () => {
  const points = Array.from({ length: 10 }, (_, step) => ({ step, time: step, low: 0, high: 1, counts: [step] }));
  const steps = (most: number) => histogramFrames(points, most).map(({ step }) => step);

  it("are evenly taken, the last one always", () => {
    assert.deepEqual(steps(100), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(steps(4), [0, 3, 6, 9]);
    assert.deepEqual(steps(2), [0, 9]);
    assert.deepEqual(steps(1), [9]);
    assert.deepEqual(histogramFrames([], 5), []);
  });
});
