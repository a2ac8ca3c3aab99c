import assert from "node:assert/strict";
import { test } from "node:test";
import { languagesOf, trainNamesGru } from "../../examples/names-gru/main.ts";
import { LANGUAGES, namesByLanguage } from "../../examples/names-gru/names.ts";

test("names come in eight languages; no name is in two languages or in both parts", () => {
  const { train, test: held } = namesByLanguage();
  assert.ok(train.texts.length > 1500 && held.texts.length > 400, `${train.texts.length}, ${held.texts.length}`);
  for (const { texts, labels } of [train, held]) {
    assert.equal(texts.length, labels.length);
    assert.deepEqual(new Set(labels), new Set(Object.keys(LANGUAGES).keys()));
  }
  assert.equal(train.labels[train.texts.indexOf("vereinigte arabische emirate")], 1);
  const seen = new Set(train.texts);
  assert.deepEqual(
    held.texts.filter((text) => seen.has(text)),
    [],
  );
  // each name has one class: a name that occurs twice occurs in one language
  for (const { texts, labels } of [train, held]) {
    const languages = new Map<string, number>();
    texts.forEach((text, index) => {
      assert.equal(languages.get(text) ?? labels[index], labels[index], text);
      languages.set(text, labels[index] as number);
    });
  }
});

test("names-gru learns on a slice", async () => {
  const result = await trainNamesGru({ epochs: 4, samples: 800, testSamples: 400, seed: 1 });
  const [first = 0, last = 9] = [result.losses[0], result.losses.at(-1)];
  assert.ok(last < 0.85 * first, `the loss fell from ${first} to ${last}`);
  // a guess is right in one of eight cases
  assert.ok(result.accuracy > 0.35, `test accuracy ${result.accuracy}`);
  const shares = (await languagesOf(["Schmetterling"], result)).get("Schmetterling") ?? {};
  assert.deepEqual(Object.keys(shares), Object.values(LANGUAGES));
  const sum = Object.values(shares).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - 1) < 1e-5, `probabilities sum to ${sum}`);
});
