import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOf } from "../../apps/dashboard/src/charts/curves/columns.ts";
import { placesFrom, pointsOf, series } from "./places.ts";

/** One unit of a value is one pixel, and `steps` of a step; y goes down. */
const map = (steps: number) => ({ x: (step: number) => step / steps, y: (value: number) => -value, bottom: 1e9 });

test("every finite value is in the column of its pixel, and neighbouring columns touch", () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 60 }), (points, steps) => {
      const places = placesFrom(points);
      const { lows, highs, lasts } = places;
      const { length, xs, tops, bottoms } = columnsOf(places.steps, lows, highs, lasts, 0, places.length, map(steps));
      const columnAt = new Map(Array.from({ length }, (_, column) => [xs[column], column]));
      assert.equal(columnAt.size, length);
      let before: number | undefined;
      for (const { step, value } of points) {
        const column = columnAt.get(Math.floor(step / steps));
        assert.ok(column !== undefined);
        if (!Number.isFinite(value)) {
          before = undefined;
          continue;
        }
        const [top = Number.NaN, bottom = Number.NaN] = [tops[column], bottoms[column]];
        assert.ok(top <= -value && bottom >= -value);
        if (before !== undefined) assert.ok(top <= before && bottom >= before);
        before = -value;
      }
    }),
  );
});

test("a spike of one point is as high as it is, a step is a step, a gap is a gap", () => {
  const values = [0, 0, 100, 0, 5, Number.NaN, 5];
  const places = placesFrom(pointsOf(values));
  const { length, tops, bottoms } = columnsOf(places.steps, places.lows, places.highs, places.lasts, 0, 7, map(1));
  assert.equal(length, 7);
  assert.deepEqual(
    [...tops.subarray(0, 7)].map((top) => top + 0),
    [0, 0, -100, -100, -5, Number.NaN, -5],
  );
  assert.deepEqual(
    [...bottoms.subarray(0, 7)].map((bottom) => bottom + 0),
    [0, 0, 0, 0, 0, Number.NaN, -5],
  );
});
