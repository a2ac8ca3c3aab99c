import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sizeOf } from "../../../src/core/shape.ts";
import * as build from "../../../src/nn/construct.ts";
import { avgPool, lpPool, maxPool } from "../../../src/nn/conv/pool.ts";
import { grad } from "../../../src/tensor/grad.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { listed, scattered } from "../../autodiff/arrays.ts";
import { literal, modelOf, numbersOf } from "../support.ts";
import { type Axis, assertClose, counting, eachMeeting, outputOf, positionsOf } from "./support.ts";

const axisArbitrary: fc.Arbitrary<Axis> = fc
  .record({
    size: fc.integer({ min: 1, max: 7 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    before: fc.integer({ min: 0, max: 1 }),
    after: fc.integer({ min: 0, max: 1 }),
  })
  .filter((axis) => {
    if (positionsOf(axis) < 1) return false;
    const seen = new Set<number>();
    eachMeeting([axis], (p) => seen.add(p));
    return seen.size === positionsOf(axis);
  });

test("pooling is the largest, the mean and the norm of each window's elements, written out", () => {
  fc.assert(
    fc.property(fc.array(axisArbitrary, { minLength: 1, maxLength: 3 }), (axes) => {
      const [spatial, positions] = [axes.map(({ size }) => size), axes.map(positionsOf)];
      const x = scattered([2, 2, ...spatial]);
      const met: number[][] = Array.from({ length: 4 * sizeOf(positions) }, () => []);
      for (let image = 0; image < 4; image++) {
        eachMeeting(axes, (p, _, s) => {
          met[image * sizeOf(positions) + p]?.push(x.data[image * sizeOf(spatial) + s] as number);
        });
      }
      const options = {
        stride: axes.map(({ stride }) => stride),
        dilation: axes.map(({ dilation }) => dilation),
        padding: axes.map(({ before, after }) => [before, after] as const),
      };
      const window = axes.map(({ kernel }) => kernel);
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      const check = (found: Tensor, expected: (values: readonly number[]) => number) => {
        assert.deepEqual(found.shape, [2, 2, ...positions]);
        assertClose(numbersOf(found), met.map(expected));
      };
      check(maxPool(literal(x), window, options), (values) => Math.max(...values));
      check(avgPool(literal(x), window, options), (values) => sum(values) / sizeOf(window));
      check(
        avgPool(literal(x), window, { ...options, countIncludePad: false }),
        (values) => sum(values) / values.length,
      );
      check(lpPool(literal(x), window, { ...options, p: 3 }), (values) =>
        Math.cbrt(sum(values.map((value) => Math.abs(value) ** 3))),
      );
    }),
    { numRuns: 60 },
  );
});

test("windows lie side by side unless a stride is given", () => {
  assert.deepEqual(outputOf(build.maxPool1d(2), [1, 5], [1, 5, 2, 4, 9]), { shape: [1, 2], values: [5, 4] });
  assert.deepEqual(outputOf(build.maxPool1d(2, { stride: 1 }), [1, 5], [1, 5, 2, 4, 9]).values, [5, 5, 4, 9]);
  assert.deepEqual(outputOf(build.maxPool2d([1, 2]), [1, 2, 4], counting(8)), {
    shape: [1, 2, 2],
    values: [1, 3, 5, 7],
  });
  assert.deepEqual(outputOf(build.avgPool3d(2), [1, 2, 2, 2], counting(8)), { shape: [1, 1, 1, 1], values: [3.5] });
});

test("padding is never the largest, even among negative numbers", () => {
  assert.deepEqual(outputOf(build.maxPool1d(3, { stride: 2, padding: 1 }), [1, 3], [-4, -2, -3]).values, [-2, -2]);
});

test("ceilMode adds the last window, which may extend beyond the input but not start there", () => {
  const x = [1, 2, 3, 4, 5];
  assert.deepEqual(outputOf(build.maxPool1d(2, { ceilMode: true }), [1, 5], x), { shape: [1, 3], values: [2, 4, 5] });
  // the mean is over the elements on the input and its padding: only 5
  assert.deepEqual(outputOf(build.avgPool1d(2, { ceilMode: true }), [1, 5], x).values, [1.5, 3.5, 5]);
  // a fourth window would start in the padding after the input
  const padded = build.avgPool1d(2, { ceilMode: true, padding: 1 });
  assert.deepEqual(outputOf(padded, [1, 5], x), { shape: [1, 3], values: [0.5, 2.5, 4.5] });
  // the last window has 4, a zero of the padding, which counts, and an element from ceilMode, which does not: 4 / 2
  const wide = build.avgPool1d(3, { stride: 2, ceilMode: true, padding: 1 });
  assert.deepEqual(outputOf(wide, [1, 4], [1, 2, 3, 4]), { shape: [1, 3], values: [1, 3, 2] });
});

test("a mean counts padding, or does not", () => {
  const x = [3, 6, 9];
  assert.deepEqual(outputOf(build.avgPool1d(3, { stride: 1, padding: 1 }), [1, 3], x).values, [3, 6, 5]);
  const without = build.avgPool1d(3, { stride: 1, padding: 1, countIncludePad: false });
  assert.deepEqual(outputOf(without, [1, 3], x).values, [4.5, 6, 7.5]);
});

test("a norm of windows", () => {
  assertClose(outputOf(build.lpPool1d(2), [1, 4], [3, -4, 0, 0]).values, [5, 0]);
  assert.deepEqual(outputOf(build.lpPool1d(2, { p: 1 }), [1, 4], [3, -4, 1, 1]).values, [7, 2]);
  // the norm's derivative does not exist at 0; a window of zeros gets 0 instead of NaN
  const slope = grad((x: Tensor) => lpPool(x, 2).sum())(literal(listed([1, 1, 4], [3, -4, 0, 0])));
  assertClose(numbersOf(slope), [0.6, -0.8, 0, 0]);
});

test("the gradient of the largest goes to the first of equal elements, and adds up where windows overlap", () => {
  const slopes = (x: readonly number[], stride: number) =>
    numbersOf(grad((given: Tensor) => maxPool(given, 2, { stride }).sum())(literal(listed([1, 1, x.length], x))));
  assert.deepEqual(slopes([7, 7, 1, 2], 2), [1, 0, 0, 1]);
  assert.deepEqual(slopes([1, 5, 2, 3], 1), [0, 2, 0, 1]);
});

test("global pooling takes whole channels", () => {
  assert.deepEqual(outputOf(build.globalAvgPool(), [2, 2, 2], counting(8)), { shape: [2], values: [1.5, 5.5] });
  assert.deepEqual(outputOf(build.globalMaxPool({ keepDims: true }), [2, 3], [1, 9, 2, -5, -3, -4]), {
    shape: [2, 1],
    values: [9, -3],
  });
});

test("adaptive bins go from floor(i S / n) to ceil((i + 1) S / n)", () => {
  const x = [1, 2, 4, 8, 16];
  // bins of 5 in 3: [0, 2), [1, 4), [3, 5)
  assertClose(outputOf(build.adaptiveAvgPool1d(3), [1, 5], x).values, [1.5, 14 / 3, 12]);
  assert.deepEqual(outputOf(build.adaptiveMaxPool1d(3), [1, 5], x).values, [2, 8, 16]);
  // more bins than numbers: [0, 1), [0, 2), [1, 2)
  assertClose(outputOf(build.adaptiveAvgPool1d(3), [1, 2], [10, 20]).values, [10, 15, 20]);
  assert.deepEqual(outputOf(build.adaptiveMaxPool1d(3), [1, 2], [10, 20]).values, [10, 20, 20]);
});

test("adaptive pooling on two axes: a mean of means, the largest of the largest", () => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  // rows in bins [0, 2), [1, 3), columns alike
  assertClose(outputOf(build.adaptiveAvgPool2d(2), [1, 3, 3], x).values, [3, 4, 6, 7]);
  assert.deepEqual(outputOf(build.adaptiveMaxPool2d([2, 1]), [1, 3, 3], x), { shape: [1, 2, 1], values: [6, 9] });
  assert.deepEqual(outputOf(build.adaptiveAvgPool2d(1), [1, 3, 3], x), { shape: [1, 1, 1], values: [5] });
  // sizes that divide are plain windows
  const even = modelOf([1, 4, 6], build.adaptiveAvgPool2d([2, 3]));
  assert.deepEqual(even.outputShape, [1, 2, 3]);
  assert.deepEqual(
    outputOf(build.adaptiveAvgPool2d([2, 3]), [1, 4, 6], counting(24)).values,
    outputOf(build.avgPool2d(2), [1, 4, 6], counting(24)).values,
  );
});
