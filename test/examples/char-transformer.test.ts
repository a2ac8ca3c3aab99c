import assert from "node:assert/strict";
import { test } from "node:test";
import { manual, trainCharTransformer, write } from "../../examples/char-transformer/main.ts";

test("the text is English and long enough to learn from", () => {
  const text = manual();
  assert.ok(text.length > 20_000, `${text.length} characters`);
  assert.match(text, / the command /);
});

test("char-transformer learns on a slice, and writes the learned text", async () => {
  // the network learns a repeating text by heart in a few steps
  const line = "the quick brown fox jumps over the lazy dog; ";
  const result = await trainCharTransformer(line.repeat(120), { epochs: 20, seed: 1 });
  const [first = 0, last = 9] = [result.losses[0], result.losses.at(-1)];
  assert.ok(last < 0.3 * first, `the loss fell from ${first} to ${last}`);
  // held-out windows begin at other positions in the line
  const held = result.validationLosses.at(-1) ?? 9;
  assert.ok(held < 0.7, `held-out loss ${held}`);
  const beginning = "the quick brown fox ju";
  // any uniform number draws the likeliest character when the temperature is near 0
  const written = await write(result, beginning, 60, () => 0.5, { temperature: 0.05 });
  assert.equal(written.length, beginning.length + 60);
  assert.ok(line.repeat(3).startsWith(written.slice(0, 45)), written);
});

test("test samples are the first held-out windows", async () => {
  const heldOf = async (testSamples?: number) => {
    const { validationLosses } = await trainCharTransformer(manual(), { epochs: 1, samples: 32, testSamples, seed: 1 });
    return validationLosses[0];
  };
  assert.notEqual(await heldOf(1), await heldOf(2));
});
