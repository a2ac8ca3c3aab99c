import assert from "node:assert/strict";
import { test } from "node:test";
import { append, euclideanNorm, largest, smallest } from "../../src/core/extremes.ts";

test("of a million values, more than a call can take as arguments", () => {
  const values = Float64Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) % 1_000_003);
  assert.equal(largest(values), values.toSorted().at(-1));
  assert.equal(smallest(values), 0);
  assert.equal(euclideanNorm(new Float64Array(1_000_000).fill(3)), 3000);
  const list: number[] = [];
  append(list, values);
  assert.equal(list.length, 1_000_000);
});

test("as Math.max and Math.min: NaN wins, no values give minus or plus infinity, 0 is above -0", () => {
  for (const values of [[], [3], [1, Number.NaN, 2], [-0, 0], [0, -0], [-5, -7]]) {
    assert.ok(Object.is(largest(values), Math.max(...values)));
    assert.ok(Object.is(smallest(values), Math.min(...values)));
  }
  assert.equal(largest(new Set([1, 4, 2]).values()), 4);
});

test("a Euclidean norm equals Math.hypot: no overflow, no underflow, infinity before NaN", () => {
  for (const values of [[], [3, 4], [-3e200, 4e200], [3e-200, 4e-200], [1, Number.NaN], [Number.NaN, -Infinity, 1]]) {
    const [actual, expected] = [euclideanNorm(values), Math.hypot(...values)];
    assert.ok(Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-15 * expected, `${actual} ${expected}`);
  }
});
