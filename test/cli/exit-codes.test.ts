import assert from "node:assert/strict";
import { test } from "node:test";
import { EXIT, exitStatus } from "../../src/cli/exit-codes.ts";

test("a non-finite number: sick if it arose in training, wrong input if it came from a file", () => {
  assert.equal(exitStatus({ code: "not-finite", values: { step: 3, layer: "0" } }), EXIT.sick);
  assert.equal(exitStatus({ code: "not-finite", values: { row: 1, column: 2 } }), EXIT.input);
  assert.equal(exitStatus({ code: "out-of-memory", values: {} }), EXIT.environment);
});
