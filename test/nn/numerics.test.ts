import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import type { Node } from "../../src/graph/node.ts";
import * as functional from "../../src/nn/functional.ts";
import { checkGradients } from "../../src/tensor/check-gradients.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { listed, scattered } from "../autodiff/arrays.ts";
import { literal, numbersOf } from "./support.ts";

function at(fn: (x: Tensor) => Tensor, values: readonly number[]): number[] {
  return numbersOf(fn(literal(listed([values.length], values))));
}

function assertClose(found: number, expected: number, what: string): void {
  const isSame = Object.is(found, expected) || Math.abs(found - expected) <= 4e-16 * Math.abs(expected);
  assert.ok(isSame, `${what} is ${found}, expected ${expected}`);
}

const POINTS = [-800, -30, -1, -0.3, -1e-3, -1e-10, -1e-20, 0, 1e-20, 1e-10, 1e-3, 0.3, 0.999, 1, 30, 800];

test("expm1 and log1p keep every digit", () => {
  at(functional.expm1, POINTS).forEach((found, index) => {
    const x = POINTS[index] as number;
    assertClose(found, Math.expm1(x), `expm1(${x})`);
  });
  const inside = POINTS.filter((x) => x > -1);
  at(functional.log1p, inside).forEach((found, index) => {
    const x = inside[index] as number;
    assertClose(found, Math.log1p(x), `log1p(${x})`);
  });
  assert.ok(Number.isNaN(at(functional.expm1, [Number.NaN])[0]), "expm1(NaN)");
});

test("the corrections do not disturb derivatives, first or second", () => {
  const points = listed([5], [-2, -0.3, 1e-6, 0.4, 1.5]);
  const inside = listed([4], [-0.5, 1e-6, 0.4, 3]);
  checkGradients(functional.expm1, [points], { tolerance: 1e-8 });
  checkGradients(functional.log1p, [inside], { tolerance: 1e-8 });
  const slope = (fn: (x: Tensor) => Tensor) => (x: Tensor) =>
    new Tensor(gradients(fn(x).sum().node, [x.node])[0] as Node);
  at(slope(functional.expm1), [-2, 0, 1e-9, 1]).forEach((found, index) => {
    assertClose(found, Math.exp([-2, 0, 1e-9, 1][index] as number), "derivative of expm1");
  });
  checkGradients(slope(functional.expm1), [points], { tolerance: 1e-8 });
  checkGradients(slope(functional.log1p), [inside], { tolerance: 1e-8 });
});

test("logSumExp neither overflows nor underflows", () => {
  assert.deepEqual(
    at((x) => functional.logSumExp(x, 0), [1000, 1000]),
    [1000 + Math.log(2)],
  );
  assert.deepEqual(
    at((x) => functional.logSumExp(x, -1), [-1000, -1000]),
    [-1000 + Math.log(2)],
  );
  assert.deepEqual(functional.logSumExp(literal(scattered([2, 3])), 0).shape, [1, 3]);
  checkGradients((x) => functional.logSumExp(x, 1), [scattered([2, 3])], { tolerance: 1e-8 });
});

test("softmax sums to one along its axis", () => {
  const x = literal(listed([2, 3], [1000, 1001, 999, -5, 0, 5]));
  for (const axis of [0, 1, -1]) {
    numbersOf(functional.softmax(x, axis).sum(axis)).forEach((sum) => {
      assertClose(sum, 1, `sum along ${axis}`);
    });
    const logarithms = numbersOf(functional.logSoftmax(x, axis));
    numbersOf(functional.softmax(x, axis)).forEach((value, index) => {
      assert.ok(Math.abs(Math.exp(logarithms[index] as number) - value) < 1e-15, `exp(logSoftmax) along ${axis}`);
    });
  }
});
