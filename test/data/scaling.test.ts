import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { labelHistogram, oneHot } from "../../src/data/labels.ts";
import { applyScaling, fitMinMax, fitStandardize, invertScaling, parseScaling, scale } from "../../src/data/scaling.ts";
import { failure } from "./errors.ts";

const rows = (inputs: number[][]) => fromArrays({ inputs, targets: inputs.map((_, i) => i) });
const close = (got: number, expected: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(got - expected) <= tolerance, `expected ${expected}, got ${got}`);

describe("standardize", () => {
  test("per feature: mean 0, deviation 1 over N, by hand", () => {
    const dataset = rows([
      [1, 10],
      [3, 10],
      [5, 40],
      [7, 40],
    ]);
    const scaling = fitStandardize(dataset);
    assert.deepEqual(scaling.center, [4, 25]);
    close(scaling.divisor[0] as number, Math.sqrt(5), 1e-12);
    assert.equal(scaling.divisor[1], 15);
    const scaled = applyScaling(scaling, dataset).toArrays().inputs.data;
    assert.deepEqual([scaled[1], scaled[3], scaled[5], scaled[7]], [-1, -1, 1, 1]);
  });

  test("is fitted on the training part only: the other part gets the same numbers and keeps its own mean", () => {
    const dataset = rows(Array.from({ length: 100 }, (_, i) => [i, i * i]));
    const { train, validation } = dataset.split({ validation: 0.3, seed: 9 });
    const scaling = fitStandardize(train);
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    const raw = train.toArrays().inputs.data.filter((_, i) => i % 2 === 0);
    close(scaling.center[0] as number, mean(raw), 1e-9);
    close(mean(applyScaling(scaling, train).toArrays().inputs.data), 0, 1e-6);
    const first = validation.toArrays().inputs.data[0] as number;
    const expected = (first - (scaling.center[0] as number)) / (scaling.divisor[0] as number);
    close(applyScaling(scaling, validation).toArrays().inputs.data[0] as number, expected, 1e-6);
    assert.ok(Math.abs(mean(applyScaling(scaling, validation).toArrays().inputs.data)) > 1e-4);
  });

  test("a constant feature becomes 0 and is named, even if its sum rounds", () => {
    const dataset = rows(Array.from({ length: 7 }, (_, i) => [0.1, i]));
    const scaling = fitStandardize(dataset);
    assert.deepEqual(scaling.constantFeatures, [0]);
    assert.equal(scaling.divisor[0], 1);
    const scaled = applyScaling(scaling, dataset).toArrays().inputs.data;
    for (let row = 0; row < 7; row++) assert.equal(scaled[row * 2], 0);
  });

  test("global and by channel", () => {
    const dataset = rows([
      [0, 2, 10, 30],
      [0, 2, 10, 30],
    ]).reshape([2, 2]);
    const global = fitStandardize(dataset, { over: "global" });
    assert.deepEqual(global.center, [10.5]);
    const channel = fitStandardize(dataset, { over: "channel" });
    assert.deepEqual(channel.center, [1, 1, 20, 20]);
    assert.deepEqual(channel.divisor, [1, 1, 10, 10]);
    assert.deepEqual([...applyScaling(channel, dataset).take(1).toArrays().inputs.data], [-1, 1, -1, 1]);
  });

  test("is accurate for a mean that is large compared with the deviation", () => {
    const dataset = rows(Array.from({ length: 1000 }, (_, i) => [2 ** 23 + (i % 2)]));
    const scaling = fitStandardize(dataset);
    assert.equal(scaling.center[0], 2 ** 23 + 0.5);
    assert.equal(scaling.divisor[0], 0.5);
  });

  test("targets scale too, and predictions scale back", () => {
    const dataset = fromArrays({ inputs: [1, 2, 3, 4], targets: [100, 200, 300, 400] });
    const scaling = fitStandardize(dataset, { of: "targets" });
    const scaled = applyScaling(scaling, dataset);
    close(scaled.toTargets()[0] as number, -1.3416407, 1e-6);
    assert.deepEqual([...dataset.toTargets()], [100, 200, 300, 400]);
    invertScaling(scaling, scaled.toTargets()).forEach((value, i) => close(value, 100 * (i + 1), 1e-4));
    const labelled = fromArrays({ inputs: [1, 2], targets: [0, 1], classes: 2 });
    assert.throws(() => fitStandardize(labelled, { of: "targets" }), failure("bad-argument"));
  });
});

describe("min-max and scale", () => {
  test("min-max maps the extremes to the ends of the range", () => {
    const dataset = rows([
      [1, 5],
      [2, 5],
      [3, 5],
    ]);
    const scaled = applyScaling(fitMinMax(dataset, { range: [-1, 1] }), dataset).toArrays().inputs.data;
    assert.deepEqual([...scaled], [-1, -1, 0, -1, 1, -1]);
    assert.throws(() => fitMinMax(dataset, { range: [1, 1] }), failure("bad-argument"));
  });

  test("scale divides, after earlier transforms", () => {
    const dataset = rows([[51, 102]]);
    const once = applyScaling(scale(51), dataset);
    assert.deepEqual([...applyScaling(scale(2, 1), once).toArrays().inputs.data], [0, 0.5]);
    assert.throws(() => scale(0), failure("bad-argument"));
  });

  test("another number of features is rejected", () => {
    assert.throws(
      () =>
        applyScaling(
          fitStandardize(
            rows([
              [1, 2],
              [3, 4],
            ]),
          ),
          rows([[1, 2, 3]]),
        ),
      failure("bad-argument"),
    );
  });
});

describe("a scaling as JSON", () => {
  test("round-trips and behaves the same", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.float({ min: -1e6, max: 1e6, noNaN: true }), fc.integer()), {
          minLength: 2,
          maxLength: 20,
        }),
        (pairs) => {
          const dataset = rows(pairs.map((pair) => [...pair]));
          const scaling = fitStandardize(dataset);
          const again = parseScaling(JSON.parse(JSON.stringify(scaling)));
          assert.deepEqual(again, scaling);
          assert.deepEqual(applyScaling(again, dataset).toArrays(), applyScaling(scaling, dataset).toArrays());
        },
      ),
      { numRuns: 30 },
    );
  });

  test("damage is reported", () => {
    const good = scale(2);
    assert.throws(() => parseScaling(null), failure("bad-data"));
    assert.throws(() => parseScaling({ ...good, divisor: [0] }), failure("bad-data"));
    assert.throws(() => parseScaling({ ...good, divisor: [1, 2] }), failure("bad-data"));
    assert.throws(() => parseScaling({ ...good, methd: "scale" }), failure("unknown-field", { suggestion: "method" }));
  });
});

describe("labels", () => {
  test("oneHot", () => {
    assert.deepEqual([...oneHot([2, 0], 3)], [0, 0, 1, 1, 0, 0]);
    assert.throws(() => oneHot([0, 3], 3), failure("label-out-of-range", { row: 1, value: 3 }));
  });

  test("labelHistogram", () => {
    assert.deepEqual(labelHistogram([0, 2, 2, 1, 2], 4), [1, 1, 3, 0]);
  });
});
