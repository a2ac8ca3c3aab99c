import assert from "node:assert/strict";
import { type ErrorCode, GradusError } from "../../src/core/errors.ts";

/** Requires an error with this code. @returns its values. */
export async function throwsCode(action: () => Promise<unknown>, code: ErrorCode): Promise<GradusError["values"]> {
  const error = await action().then(
    () => undefined,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof GradusError, `expected a GradusError, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  return error.values;
}
