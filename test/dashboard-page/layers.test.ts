import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { densityOf, quantileOf } from "../../apps/dashboard/src/charts/layers/density.ts";
import { matrixOf, seriesOf } from "../../apps/dashboard/src/charts/layers/matrix.ts";
import type { Curve } from "../../apps/dashboard/src/state/curve.ts";
import { placesFrom } from "./places.ts";

function curve(points: readonly (readonly [step: number, value: number])[]): Curve {
  const places = placesFrom(points.map(([step, value]) => ({ step, time: 0, value })));
  return {
    run: "a",
    measure: "m",
    state: "ready",
    whole: { places, total: points.length, oddCount: 0, odd: [] },
    close: undefined,
  };
}

describe("layers over time", () => {
  test("at each step the last value of each layer; none before its first", () => {
    const { steps, columns } = matrixOf(
      [
        [
          curve([
            [1, 5],
            [3, 6],
          ]),
        ],
        [
          curve([
            [2, 7],
            [3, Number.NaN],
          ]),
        ],
        [],
      ],
      "gradientNorm",
    );
    assert.deepEqual(steps, [1, 2, 3]);
    assert.deepEqual(columns, [
      [5, undefined, undefined],
      [5, 7, undefined],
      [6, Number.NaN, undefined],
    ]);
  });

  test("the update ratio is made from two measures, the size of the mean counts", () => {
    assert.deepEqual(seriesOf("layers.0", "updateRatio"), ["layers/layers.0/updateNorm", "layers/layers.0/weightNorm"]);
    const ratio = matrixOf(
      [
        [
          curve([
            [2, 6],
            [4, 8],
          ]),
          curve([
            [1, 3],
            [3, 2],
          ]),
        ],
      ],
      "updateRatio",
    );
    assert.deepEqual(ratio.columns, [[2], [4]]);
    assert.deepEqual(matrixOf([[curve([[1, -3]])]], "mean").columns, [[3]]);
    assert.deepEqual(matrixOf([], "dead"), { steps: [], columns: [] });
  });
});

describe("activations over time", () => {
  const histogram = fc
    .record({
      step: fc.integer({ min: 0, max: 1000 }),
      time: fc.constant(0),
      low: fc.double({ min: -10, max: 10, noNaN: true }),
      high: fc.double({ min: 0, max: 5, noNaN: true }),
      counts: fc.array(fc.nat(100), { minLength: 1, maxLength: 40 }),
    })
    .map(({ low, high, ...rest }) => ({ ...rest, low, high: low + high }));

  test("every value is somewhere on the common scale", () => {
    fc.assert(
      fc.property(
        fc.array(histogram, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (frames, rows) => {
          const { low, high, columns } = densityOf(frames, rows);
          frames.forEach((frame, index) => {
            assert.ok(low <= frame.low && high >= frame.high);
            const sum = (columns[index] ?? []).reduce((total, share) => total + share, 0);
            const isEmpty = frame.counts.every((count) => count === 0);
            assert.ok(Math.abs(sum - (isEmpty ? 0 : 1)) < 1e-6, `${sum}`);
          });
        },
      ),
    );
  });

  test("the median lies within, and divides the values", () => {
    const frame = { step: 0, time: 0, low: 0, high: 4, counts: [1, 1, 1, 1] };
    assert.equal(quantileOf(frame, 0.5), 2);
    assert.equal(quantileOf(frame, 1), 4);
    assert.equal(quantileOf({ ...frame, counts: [0, 4, 0, 0] }, 0.25), 1.25);
    assert.deepEqual(densityOf([], 3), { low: 0, high: 1, columns: [] });
    const same = densityOf([{ ...frame, low: 2, high: 2, counts: [7] }], 3);
    assert.deepEqual([...(same.columns[0] ?? [])], [0, 1, 0]);
  });
});
