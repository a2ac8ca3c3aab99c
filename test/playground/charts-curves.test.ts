import assert from "node:assert/strict";
import { test } from "node:test";
import { align, valueAt } from "../../apps/playground/src/charts/curves/align.ts";
import { describeMark } from "../../apps/playground/src/charts/curves/marks.ts";
import { valueRange } from "../../apps/playground/src/charts/curves/range.ts";
import { smooth } from "../../apps/playground/src/charts/curves/smooth.ts";
import type { Source } from "../../apps/playground/src/charts/curves/sources.ts";
import { EN } from "../../apps/playground/src/text/charts-en.ts";
import { KO } from "../../apps/playground/src/text/charts-ko.ts";

const source = (steps: readonly number[], values: Source["values"]): Source => ({
  kind: "raw",
  network: 0,
  steps,
  values,
});

test("curves stand on the union of their steps; what is missing does not break a line, what is not finite does", () => {
  const { steps, columns } = align(
    [source([1, 2, 3, 4], [5, 4, Number.NaN, Infinity]), source([2, 6], [7, undefined])],
    false,
  );
  assert.deepEqual(steps, [1, 2, 3, 4, 6]);
  assert.deepEqual([...(columns[0] ?? [])], [5, 4, null, null, undefined]);
  assert.deepEqual([...(columns[1] ?? [])], [undefined, 7, undefined, undefined, undefined]);
});

test("a log axis cannot show 0 or less", () => {
  assert.deepEqual(align([source([1, 2, 3], [1, 0, -1])], true).columns[0], [1, null, null]);
});

test("the value at a place is the last one before it, and none after a break", () => {
  assert.equal(valueAt([1, undefined, undefined], 2), 1);
  assert.equal(valueAt([1, null, undefined], 2), undefined);
  assert.equal(valueAt([undefined], 0), undefined);
});

test("smoothing keeps constants, damps noise, and begins anew after NaN", () => {
  const steps = Array.from({ length: 200 }, (_, index) => index + 1);
  assert.ok(
    smooth(
      steps,
      steps.map(() => 3),
    ).every((value) => value === 3),
  );
  const noisy = smooth(
    steps,
    steps.map((step) => (step % 2 === 0 ? 1 : -1)),
  );
  assert.ok(noisy.slice(50).every((value) => Math.abs(value) < 0.3));
  const broken = smooth([1, 2, 3], [1, Number.NaN, 7]);
  assert.deepEqual([broken[0], broken[2]], [1, 7]);
  assert.ok(Number.isNaN(broken[1]));
});

test("the axis of losses: from 0, not squeezed by an explosion, whole decades on a log axis", () => {
  const [low, high] = valueRange([[2.3, 1, 0.5]], "loss", false);
  assert.equal(low, 0);
  assert.ok(high >= 2.3 && high < 3);
  assert.ok(valueRange([[2, 3, 1e30]], "loss", false)[1] < 22);
  assert.deepEqual(valueRange([[2, 1e-3]], "loss", true), [1e-3, 10]);
  assert.deepEqual(valueRange([[]], "loss", false), [0, 1]);
  const [bottom, top] = valueRange([[0.69, 0.66]], "loss", true);
  assert.ok(bottom < 0.66 && top > 0.69 && top / bottom < 3);
});

test("a change is told in words, in both languages", () => {
  const mark = {
    network: 0 as const,
    step: 1300,
    epoch: 2,
    paths: ["optimizer.learningRate", "optimizer.type", "blocks.3.activation", "blocks.3.init.type"],
    keepsMoments: false,
    newLayers: [],
  };
  assert.equal(
    describeMark(mark, EN, false),
    "Changed at step 1,300: learning rate, optimiser, Layer 4 activation, Layer 4 initialisation",
  );
  assert.equal(describeMark({ ...mark, paths: ["l2"] }, KO, true), "1,300 스텝에서 신경망 A 변경: L2 가중치");
});
