import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  adaptiveClip,
  type ClipConfig,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  createClip,
} from "../../src/optim/clip.ts";
import { array, assertClose, assertThrows, transformed } from "./helpers.ts";

const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 4 });
const bound = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

const lengthOf = (vector: readonly number[]): number => Math.hypot(...vector);
const largestOf = (vector: readonly number[]): number => Math.max(...vector.map(Math.abs));

test("by global norm: never longer than allowed, the same direction, unchanged if short enough", async () => {
  await fc.assert(
    fc.asyncProperty(values, values, bound, async (a, b, maxNorm) => {
      const { updates, gradientNorm } = await transformed(clipByGlobalNorm({ maxNorm }), { a: array(a), b: array(b) });
      const before = [...a, ...b];
      const after = [...(updates.a as number[]), ...(updates.b as number[])];
      assertClose([gradientNorm], [lengthOf(before)]);
      assert.ok(lengthOf(after) <= maxNorm * (1 + 1e-12));
      const factor = Math.min(1, maxNorm / lengthOf(before));
      assertClose(
        after,
        before.map((value) => value * factor),
      );
      if (lengthOf(before) <= maxNorm) assert.deepEqual(after, before);
    }),
  );
});

test("by other global norms: the largest element, and the sum of magnitudes", async () => {
  const gradients = { a: array([3, -4]), b: array([1, 1], [1, 2]) };
  const largest = await transformed(clipByGlobalNorm({ maxNorm: 1, normType: "inf" }), gradients);
  assertClose([largest.gradientNorm], [4]);
  assertClose(largest.updates.a as number[], [0.75, -1]);
  const sum = await transformed(clipByGlobalNorm({ maxNorm: 1, normType: 1 }), gradients);
  assertClose([sum.gradientNorm], [9]);
  assertClose(sum.updates.b as number[], [1 / 9, 1 / 9]);
  const cubic = await transformed(clipByGlobalNorm({ maxNorm: 1, normType: 3 }), gradients);
  assertClose([cubic.gradientNorm], [(27 + 64 + 2) ** (1 / 3)]);
});

test("by norm: each tensor separately", async () => {
  await fc.assert(
    fc.asyncProperty(values, values, bound, async (a, b, maxNorm) => {
      const { updates, gradientNorm } = await transformed(clipByNorm({ maxNorm }), { a: array(a), b: array(b) });
      assertClose([gradientNorm], [lengthOf([...a, ...b])]);
      for (const [before, after] of [
        [a, updates.a],
        [b, updates.b],
      ] as const) {
        const factor = Math.min(1, maxNorm / lengthOf(before));
        assertClose(
          after as number[],
          before.map((value) => value * factor),
        );
      }
    }),
  );
});

test("by value: no element beyond the bound, signs kept, norm not increased", async () => {
  await fc.assert(
    fc.asyncProperty(values, bound, async (a, value) => {
      const { updates, gradientNorm } = await transformed(clipByValue({ value }), { a: array(a) });
      const after = updates.a as number[];
      assert.ok(largestOf(after) <= value);
      assert.ok(lengthOf(after) <= lengthOf(a) * (1 + 1e-12));
      assert.ok(after.every((element, i) => element * (a[i] as number) >= 0));
      assertClose([gradientNorm], [lengthOf(a)]);
    }),
  );
});

test("adaptive: no unit's gradient longer than its fraction of the weights", async () => {
  const rows = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(rows, rows, async (w, g) => {
      const [factor, epsilon] = [0.1, 0.01];
      const { updates } = await transformed(
        adaptiveClip({ factor, epsilon }),
        { w: array(g, [2, 3]) },
        { w: array(w, [2, 3]) },
      );
      for (const unit of [0, 1]) {
        const part = (list: readonly number[]): readonly number[] => list.slice(unit * 3, unit * 3 + 3);
        const limit = factor * Math.max(lengthOf(part(w)), epsilon);
        const scale = Math.min(1, limit / lengthOf(part(g)));
        assertClose(
          part(updates.w as number[]),
          part(g).map((value) => value * scale),
        );
      }
    }),
  );
  // a vector is one unit, and excluded parameters stay unchanged
  const gradients = { bias: array([3, 4]), head: array([3, 4]) };
  const parameters = { bias: array([0, 0]), head: array([0, 0]) };
  const { updates } = await transformed(adaptiveClip({ exclude: (path) => path === "head" }), gradients, parameters);
  assertClose(updates.bias as number[], [0.6e-5, 0.8e-5]);
  assert.deepEqual(updates.head, [3, 4]);
});

test("gradients of 0 stay 0, without a division by 0", async () => {
  const clips: readonly ClipConfig[] = [
    { type: "globalNorm", maxNorm: 1 },
    { type: "norm", maxNorm: 1 },
    { type: "value", value: 1 },
    { type: "adaptive" },
  ];
  for (const clip of clips) {
    const { updates, gradientNorm } = await transformed(createClip(clip), { a: array([0, 0]) });
    assert.deepEqual(updates.a, [0, 0], clip.type);
    assert.equal(gradientNorm, 0);
  }
});

test("configurations are checked", () => {
  assertThrows(() => createClip({ type: "globalNorm", maxNorm: 0 }), "bad-argument", { name: "maxNorm" });
  assertThrows(() => createClip({ type: "globalNorm" } as unknown as ClipConfig), "bad-argument", { name: "maxNorm" });
  assertThrows(() => createClip({ type: "globalNorm", maxnorm: 1 } as unknown as ClipConfig), "unknown-field", {
    suggestion: "maxNorm",
  });
  assertThrows(() => createClip({ type: "globalNrom", maxNorm: 1 } as unknown as ClipConfig), "unknown-field");
  assertThrows(() => createClip({ type: "globalNorm", maxNorm: 1, normType: 0.5 }), "bad-argument");
});
