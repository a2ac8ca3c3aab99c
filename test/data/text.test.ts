import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GradusError } from "../../src/core/errors.ts";
import {
  characterWindows,
  decodeText,
  encodeText,
  labelledTexts,
  type Vocabulary,
  vocabularyOf,
} from "../../src/data/text.ts";

test("a vocabulary lists each character once, by code point, after the entry for padding", () => {
  assert.deepEqual(vocabularyOf("banana 😀b").characters, ["", " ", "a", "b", "n", "😀"]);
  assert.deepEqual(vocabularyOf(["ba", "cab"]).characters, ["", "a", "b", "c"]);
});

test("text converts to numbers and back, also with a saved vocabulary", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const vocabulary = vocabularyOf(text);
      const saved = JSON.parse(JSON.stringify(vocabulary)) as Vocabulary;
      const numbers = encodeText(saved, text);
      assert.equal(numbers.length, [...text].length);
      assert.equal(decodeText(vocabulary, numbers), text);
    }),
  );
});

test("unknown characters are 0, and decode to nothing", () => {
  const vocabulary = vocabularyOf("abc");
  assert.deepEqual([...encodeText(vocabulary, "a?c")], [1, 0, 3]);
  assert.equal(decodeText(vocabulary, [1, 0, 3]), "ac");
});

test("windows follow each other, and targets are one character later", () => {
  const text = "abcdefgh";
  const vocabulary = vocabularyOf(text);
  const windows = characterWindows(text, { vocabulary, length: 3 });
  const { inputs, targets } = windows.toArrays();
  assert.deepEqual(inputs, { shape: [2, 3], dtype: "float32", data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  assert.deepEqual(targets, { shape: [2, 3], dtype: "int32", data: Int32Array.of(2, 3, 4, 5, 6, 7) });
  assert.equal(windows.classes, 9);
  const overlapping = characterWindows(text, { vocabulary, length: 3, stride: 2 }).toArrays();
  assert.deepEqual([...overlapping.inputs.data], [1, 2, 3, 3, 4, 5, 5, 6, 7]);
  assert.deepEqual([...overlapping.targets.data], [2, 3, 4, 4, 5, 6, 6, 7, 8]);
  // the last character of all is a target
  assert.equal(characterWindows("abcd", { vocabulary, length: 3 }).length, 1);
});

test("windows are split by a seed: each is in exactly one part", () => {
  const text = Array.from({ length: 601 }, (_, i) => String.fromCodePoint(0x100 + i)).join("");
  const windows = characterWindows(text, { vocabulary: vocabularyOf(text), length: 6 });
  const { train, validation } = windows.split({ validation: 0.2, seed: 3 });
  const firsts = [train, validation].flatMap((part) => {
    const { data } = part.toArrays().inputs;
    return Array.from({ length: part.length }, (_, row) => data[row * 6] as number);
  });
  assert.equal(validation.length, 20);
  assert.deepEqual(
    firsts.sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => 1 + 6 * i),
  );
  assert.deepEqual(windows.split({ validation: 0.2, seed: 3 }).validation.toArrays(), validation.toArrays());
  assert.notDeepEqual(windows.split({ validation: 0.2, seed: 4 }).validation.toArrays(), validation.toArrays());
});

test("labelled texts are padded before or after, and truncated at the end", () => {
  const vocabulary = vocabularyOf("abcd");
  const classNames = ["short", "long"];
  const rows = (options: { length?: number; padding?: "before" | "after" }) =>
    labelledTexts(["ab", "dcba", ""], [0, 1, 0], { vocabulary, classNames, ...options });
  assert.deepEqual([...rows({}).toArrays().inputs.data], [0, 0, 1, 2, 4, 3, 2, 1, 0, 0, 0, 0]);
  assert.deepEqual([...rows({ padding: "after" }).toArrays().inputs.data], [1, 2, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0]);
  assert.deepEqual([...rows({ length: 3 }).toArrays().inputs.data], [0, 1, 2, 4, 3, 2, 0, 0, 0]);
  assert.deepEqual([...rows({}).toTargets()], [0, 1, 0]);
  assert.equal(rows({}).targetKind, "labels");
});

test("invalid input is rejected", () => {
  const vocabulary = vocabularyOf("abc");
  const classNames = ["x", "y"];
  const refusals: readonly (readonly [string, () => unknown])[] = [
    ["empty-dataset", () => characterWindows("abc", { vocabulary, length: 3 })],
    ["bad-argument", () => characterWindows("abc", { vocabulary, length: 0 })],
    ["bad-argument", () => characterWindows("abc", { vocabulary, length: 1, stride: 0.5 })],
    ["bad-argument", () => encodeText({ characters: ["", "a", "a"] }, "a")],
    ["bad-argument", () => encodeText({ characters: ["a", "b"] }, "a")],
    ["label-out-of-range", () => decodeText(vocabulary, [4])],
    ["empty-dataset", () => labelledTexts([], [], { vocabulary, classNames })],
    ["shape-mismatch", () => labelledTexts(["a"], [0, 1], { vocabulary, classNames })],
    ["label-out-of-range", () => labelledTexts(["a"], [2], { vocabulary, classNames })],
  ];
  for (const [code, make] of refusals) {
    assert.throws(make, (error) => error instanceof GradusError && error.code === code, code);
  }
});

test("130,000 texts, more than a call can take as arguments", () => {
  const count = 130_000;
  const texts = Array.from({ length: count }, (_, index) => (index === count - 1 ? "aba" : "a"));
  const labels = texts.map(() => 0);
  const dataset = labelledTexts(texts, labels, { vocabulary: vocabularyOf(texts), classNames: ["x", "y"] });
  assert.equal(dataset.length, count);
  assert.deepEqual(dataset.inputShape, [3]);
});
