import assert from "node:assert/strict";
import { test } from "node:test";
import { trainFashionCnn } from "../../examples/fashion-cnn/main.ts";
import { loadFashionMnist } from "../../src/datasets/fashion-mnist.ts";

/** Why the slice cannot be learned here; false if it can. */
const skip = await loadFashionMnist({ train: 1, test: 1, download: false }).then(
  () => false as const,
  (error: Error) => `no Fashion-MNIST on this machine: ${error.message.split("\n").at(-1)}`,
);
if (skip) console.log(`fashion-cnn is not tested: ${skip}`);

test("fashion-cnn learns on a slice", { skip }, async () => {
  const { accuracy, losses } = await trainFashionCnn({
    epochs: 3,
    samples: 1500,
    testSamples: 500,
    seed: 1,
    download: false,
  });
  const [first = 0, last = 9] = [losses[0], losses.at(-1)];
  assert.ok(last < 0.7 * first, `the loss fell from ${first} to ${last}`);
  // guessing is right once in ten
  assert.ok(accuracy > 0.6, `test accuracy ${accuracy}`);
});
