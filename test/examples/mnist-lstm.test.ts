import assert from "node:assert/strict";
import { test } from "node:test";
import { trainMnistLstm } from "../../examples/mnist-lstm/main.ts";

test("mnist-lstm learns on a slice", async () => {
  const { accuracy, losses } = await trainMnistLstm({ epochs: 4, samples: 2000, testSamples: 500, seed: 1 });
  const [first = 0, last = 9] = [losses[0], losses.at(-1)];
  assert.ok(last < 0.6 * first, `the loss fell from ${first} to ${last}`);
  // guessing is right once in ten
  assert.ok(accuracy > 0.5, `test accuracy ${accuracy}`);
});
