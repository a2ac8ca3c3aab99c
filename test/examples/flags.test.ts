import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

/** The output of an example, and its exit status. */
function runExample(
  name: string,
  ...words: readonly string[]
): { readonly status: number | null; readonly text: string } {
  const command = ["--import", "tsx", `examples/${name}/main.ts`, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { status, text: stdout + stderr };
}

test("wrong flags and words give a one-line error before training", () => {
  const empty = runExample("mnist-lstm", "--epochs=");
  assert.deepEqual(empty, { status: 1, text: '--epochs must be a whole number, got "".\n' });
  const two = runExample("adding-problem", "a.csv", "b.csv");
  assert.deepEqual(two, { status: 1, text: "one CSV file at most, got a.csv, b.csv.\n" });
  const unknown = runExample("fashion-cnn", "--bogus");
  assert.equal(unknown.status, 1);
  assert.match(unknown.text, /^Unknown option '--bogus'/);
});
