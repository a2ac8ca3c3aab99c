import assert from "node:assert/strict";
import { test } from "node:test";
import { epochBelow, run } from "../../../examples/papers/he-2015.ts";

test("thirty ReLU layers learn with He initialisation, but not with Glorot initialisation", async () => {
  const { isReproduced, measured } = await run({ full: false, seed: 1, threads: 1 });
  assert.ok(isReproduced);
  const [he, xavier] = measured;
  assert.ok(he !== undefined && xavier !== undefined);
  assert.ok(epochBelow(he, 0.5) !== undefined, `He's losses: ${he.losses}`);
  assert.equal(epochBelow(xavier, 0.98), undefined, `Xavier's losses: ${xavier.losses}`);
  // Xavier's weights preserve the signal's power, and each ReLU halves it: 2^(-29/2) = 4e-5 over 29 layers
  const lost = xavier.firstGradient / he.firstGradient;
  assert.ok(lost > 1e-5 && lost < 2e-4, `of the gradient ${lost} is left`);
});
