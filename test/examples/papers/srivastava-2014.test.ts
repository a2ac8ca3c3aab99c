import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../../examples/papers/srivastava-2014.ts";

test("dropout lowers the test error of a network that has memorised its digits", async () => {
  const { isReproduced, measured } = await run({ full: false, seed: 1, threads: 1 });
  assert.ok(isReproduced, JSON.stringify(measured));
  for (const { plain, plainTraining } of measured) assert.ok(plainTraining === 0 && plain > 0.05);
});
