import assert from "node:assert/strict";
import { type ErrorCode, type ErrorValues, GradusError } from "../../src/core/errors.ts";

/** Checks for `assert.throws` and `assert.rejects`: the code, and the given values. */
export function failure(code: ErrorCode, values: ErrorValues = {}): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof GradusError, `expected a GradusError, got ${String(error)}`);
    assert.equal(error.code, code, error.message);
    for (const [name, value] of Object.entries(values))
      assert.deepEqual(error.values[name], value, `value "${name}" of: ${error.message}`);
    return true;
  };
}
