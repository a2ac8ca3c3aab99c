import assert from "node:assert/strict";
import { test } from "node:test";
import { EXIT, exitStatus } from "../../src/cli/exit-codes.ts";

test("a number that is not finite: sick where training made it, wrong input where a file holds it", () => {
  assert.equal(exitStatus({ code: "not-finite", values: { step: 3, layer: "0" } }), EXIT.sick);
  assert.equal(exitStatus({ code: "not-finite", values: { row: 1, column: 2 } }), EXIT.input);
  assert.equal(exitStatus({ code: "out-of-memory", values: {} }), EXIT.environment);
});
