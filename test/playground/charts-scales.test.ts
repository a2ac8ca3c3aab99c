import assert from "node:assert/strict";
import { test } from "node:test";
import { linearScale, logScale, logTicks, niceStep, niceTicks } from "../../apps/parts/src/base/scales.ts";
import { spread } from "../../apps/parts/src/base/table-data.ts";

test("a linear scale goes on beyond its ends, a log scale stops at them", () => {
  const linear = linearScale(0, 10, 100, 0);
  assert.deepEqual([0, 5, 10, 20].map(linear), [100, 50, 0, -100]);
  const log = logScale(-12, 3, 150, 0);
  assert.equal(log(1e-12), 150);
  assert.ok(Math.abs(log(1e-3) - 60) < 1e-9);
  assert.deepEqual([0, -1, 1e-40, 1e30, Infinity].map(log), [150, 150, 150, 0, 0]);
});

test("an empty range has a place", () => {
  assert.equal(linearScale(2, 2, 0, 10)(2), 0);
});

test("ticks are round and inside the range", () => {
  assert.deepEqual(niceTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(niceTicks(-1.3, 1.3, 5), [-1, 0, 1]);
  assert.deepEqual(niceTicks(0, 2990, 7), [0, 500, 1000, 1500, 2000, 2500]);
  assert.deepEqual(niceTicks(3, 3, 5), [3]);
  assert.equal(niceStep(0.3), 0.5);
});

test("log ticks: powers of ten, fewer where there are many, and finer within two decades", () => {
  assert.deepEqual(logTicks(0.01, 100, 10), [0.01, 0.1, 1, 10, 100]);
  const few = logTicks(1e-12, 1e3, 6);
  assert.ok(few.length <= 6 && few.includes(1));
  assert.deepEqual(logTicks(0.2, 3, 5), [0.2, 0.5, 1, 2]);
  assert.ok(logTicks(0.61, 0.68, 5).length >= 2);
  assert.deepEqual(logTicks(0, 1, 5), []);
});

test("a spread keeps the ends", () => {
  const all = Array.from({ length: 1000 }, (_, index) => index);
  const some = spread(all, 11);
  assert.equal(some.length, 11);
  assert.deepEqual([some[0], some.at(-1)], [0, 999]);
  assert.equal(spread([1, 2], 5).length, 2);
});
