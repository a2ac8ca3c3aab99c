import assert from "node:assert/strict";
import { test } from "node:test";
import { run, stepsUntil } from "../../../examples/papers/ioffe-szegedy-2015.ts";

test("batch normalisation makes three sigmoid layers learn sooner and steadies the inputs of the last one", async () => {
  const { isReproduced, measured } = await run({ full: false, seed: 1, threads: 1 });
  assert.ok(isReproduced);
  const [plain, normalised] = measured;
  assert.ok((stepsUntil(normalised, 0.8) ?? Number.POSITIVE_INFINITY) < 300);
  assert.equal(stepsUntil(plain, 0.8), undefined);
  assert.ok(plain.medianWanders > 5 * normalised.medianWanders, `${plain.medianWanders} ${normalised.medianWanders}`);
  assert.ok(plain.spreadChanges > 2 * normalised.spreadChanges, `${plain.spreadChanges} ${normalised.spreadChanges}`);
});
