import assert from "node:assert/strict";
import { test } from "node:test";
import { colourRange, colourShare, readingsAlong, widest } from "../../apps/parts/src/heat/range.ts";
import { determination, endsOf } from "../../apps/playground/src/charts/grids/determination.ts";

test("colours span whole decades, at least four; shares go from 0 to 1", () => {
  assert.deepEqual(colourRange([3e-9, 0.2, 0, Number.NaN, undefined], false), [-9, 0]);
  assert.deepEqual(widest([[-1, 0], colourRange([], false)], false), [-4, 0]);
  assert.deepEqual(
    widest(
      [
        [-9, -3],
        [-2, 1],
      ],
      false,
    ),
    [-9, 1],
  );
  assert.deepEqual(widest([], false), [-4, 0]);
  assert.deepEqual(colourRange([0.5], true), [0, 1]);
  assert.equal(colourShare(1e-2, [-4, 0], false), 0.5);
  assert.equal(colourShare(0, [-4, 0], false), 0);
  assert.equal(colourShare(0.3, [0, 1], true), 0.3);
});

test("each position shows the last reading before it", () => {
  assert.deepEqual([...readingsAlong([1, 5, 9], 10, 10)], [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]);
});

test("R² is 1 for exact predictions, 0 for the mean, NaN without variance", () => {
  assert.equal(determination([1, 2, 3], [1, 2, 3]), 1);
  assert.equal(determination([1, 2, 3], [2, 2, 2]), 0);
  assert.ok(Number.isNaN(determination([1, 1], [1, 2])));
});

test("predictions far away do not squeeze the targets", () => {
  const [low, high] = endsOf([0, 1], [0.5, 1e9]);
  assert.ok(low > -0.1 && high < 1.1);
});
