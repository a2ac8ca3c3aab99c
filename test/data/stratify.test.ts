import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { failure } from "./errors.ts";

const labelled = (labels: readonly number[]) =>
  fromArrays({ inputs: labels.map((label) => [label]), targets: Int32Array.from(labels), classes: 10 });
const classesOf = (part: { toTargets(): ArrayLike<number> }) => new Set(Array.from(part.toTargets()));

test("a class's only sample stays in training, for every seed", () => {
  const dataset = labelled([0, 0, 0, 0, 0, 1, 1, 1, 1, 2]);
  for (let seed = 0; seed < 50; seed++) {
    for (const validation of [0.1, 0.3, 0.5, 0.7, 4]) {
      const { train, validation: held } = dataset.split({ validation, seed, stratify: true });
      assert.deepEqual(classesOf(train), new Set([0, 1, 2]), `seed ${seed}, ${validation}`);
      assert.equal(held.length, validation < 1 ? Math.round(10 * validation) : validation);
    }
  }
});

test("the requested number is held out, and no class is emptied", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(labels, fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(100), (labels, share, seed) => {
      const dataset = labelled(labels);
      const most = labels.length - new Set(labels).size;
      const count = Math.max(1, Math.round(share * labels.length));
      if (count >= labels.length) return;
      const split = () => dataset.split({ validation: share, seed, stratify: true });
      if (count > most) {
        assert.throws(split, failure("bad-argument", { most }));
        return;
      }
      const { train, validation } = split();
      assert.equal(validation.length, count);
      assert.equal(train.length + validation.length, labels.length);
      assert.deepEqual(classesOf(train), new Set(labels));
    }),
  );
});

test("if every class has one sample, none can be held out", () => {
  assert.throws(
    () => labelled([0, 1, 2]).split({ validation: 1, stratify: true }),
    failure("bad-argument", { most: 0, classes: 3 }),
  );
});
