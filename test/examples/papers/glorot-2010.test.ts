import assert from "node:assert/strict";
import { test } from "node:test";
import { leftOf, run } from "../../../examples/papers/glorot-2010.ts";

test("gradients shrink by 1/sqrt(3) per layer under the standard initialisation, and keep their size under the normalised one", async () => {
  const { isReproduced, measured } = await run({ full: false, seed: 1, threads: 1 });
  assert.ok(isReproduced);
  const [standard, normalised] = measured;
  assert.ok(standard !== undefined && normalised !== undefined);
  // n Var(W) = 1/3 in each of the four layers between the first and the last; the slopes of tanh are below 1 and reduce it a little more
  const expected = (1 / 3) ** (4 / 2);
  assert.ok(leftOf(standard) > 0.8 * expected && leftOf(standard) < 1.1 * expected, `left: ${leftOf(standard)}`);
  assert.ok(leftOf(normalised) > 0.6 && leftOf(normalised) < 1.1, `left: ${leftOf(normalised)}`);
  // equation 14: the two effects cancel in a weight's gradient, so all layers have about the same size
  for (const { name, weightGradients } of measured) {
    const ratio = Math.max(...weightGradients) / Math.min(...weightGradients);
    assert.ok(ratio < 1.5, `${name}: gradients of weights differ by ${ratio}`);
  }
});
