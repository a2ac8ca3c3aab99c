import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { GradusError } from "../../src/core/errors.ts";
import { FIXED_SEED, seedOf } from "./seed.ts";

describe("the seed of the property tests", () => {
  test("is fixed if the environment sets none", () => {
    assert.equal(seedOf({}), FIXED_SEED);
    assert.equal(seedOf({ GRADUS_SEED: " " }), FIXED_SEED);
    assert.equal(seedOf({ GRADUS_SEED: "-12" }), -12);
  });

  test("is used by every property in this process", () => {
    const drawn: number[][] = [];
    const draw = () => fc.assert(fc.property(fc.integer(), (value) => void drawn.at(-1)?.push(value)));
    for (let turn = 0; turn < 2; turn++) {
      drawn.push([]);
      draw();
    }
    assert.equal(fc.readConfigureGlobal()?.seed, seedOf(process.env));
    assert.deepEqual(drawn[0], drawn[1]);
    assert.ok(new Set(drawn[0]).size > 10);
  });

  for (const text of ["x", "1.5", "2147483648", "NaN", "Infinity"]) {
    test(`refuses ${text}`, () => {
      assert.throws(
        () => seedOf({ GRADUS_SEED: text }),
        (error) => error instanceof GradusError && error.code === "bad-argument",
      );
    });
  }
});
