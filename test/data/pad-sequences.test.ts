import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GradusError } from "../../src/core/errors.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { padSequences, type Sequence } from "../../src/data/pad-sequences.ts";

test("shorter sequences are padded at the end or at the start", () => {
  const sequences = [[3, 1, 2], [5], [7, 8]];
  const atEnd = padSequences(sequences);
  assert.deepEqual(atEnd.shape, [3, 3]);
  assert.equal(atEnd.dtype, "float32");
  assert.deepEqual([...atEnd.data], [3, 1, 2, 5, 0, 0, 7, 8, 0]);
  assert.deepEqual(atEnd.lengths, [3, 1, 2]);
  const atStart = padSequences(sequences, { at: "start", value: -1, length: 4 });
  assert.deepEqual(atStart.shape, [3, 4]);
  assert.deepEqual([...atStart.data], [-1, 3, 1, 2, -1, -1, -1, 5, -1, -1, 7, 8]);
});

test("longer sequences lose steps at the padded end", () => {
  assert.deepEqual([...padSequences([[1, 2, 3], [4]], { length: 2 }).data], [1, 2, 4, 0]);
  const { data, lengths } = padSequences([[1, 2, 3], [4]], { length: 2, at: "start" });
  assert.deepEqual([...data], [2, 3, 0, 4]);
  assert.deepEqual(lengths, [2, 1]);
});

test("steps of several features stay together", () => {
  const { data, shape } = padSequences([
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6]],
  ]);
  assert.deepEqual(shape, [2, 2, 2]);
  assert.deepEqual([...data], [1, 2, 3, 4, 5, 6, 0, 0]);
});

test("the data stay unchanged, and everything else is padding", () => {
  const steps = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(steps, { minLength: 1, maxLength: 5 }),
      fc.constantFrom("end", "start" as const),
      (sequences, at) => {
        const { data, shape, lengths } = padSequences(sequences, { at: at as "end" | "start", value: 100 });
        const width = shape[1] as number;
        sequences.forEach((sequence, index) => {
          const row = [...data.subarray(index * width, (index + 1) * width)];
          const padding = new Array<number>(width - sequence.length).fill(100);
          assert.deepEqual(row, at === "end" ? [...sequence, ...padding] : [...padding, ...sequence]);
          assert.equal(lengths[index], sequence.length);
        });
      },
    ),
  );
});

const MISTAKES: readonly {
  readonly what: string;
  readonly sequences: unknown;
  readonly says: RegExp;
  readonly options?: object;
}[] = [
  { what: "no sequences", sequences: [], says: /at least one sequence/ },
  { what: "an empty sequence", sequences: [[1], []], says: /sequence 1 is empty/ },
  { what: "rows of different lengths", sequences: [[[1, 2]], [[1, 2], [3]]], says: /sequence 1, step 1.*\[3\]/ },
  { what: "numbers among rows", sequences: [[[1]], [2]], says: /sequence 1, step 0/ },
  { what: "rows among numbers", sequences: [[1, [2]]], says: /sequence 0, step 1/ },
  { what: "NaN", sequences: [[1, Number.NaN]], says: /sequence 0, step 1.*NaN/ },
  { what: "rows without features", sequences: [[[]]], says: /no features/ },
  {
    what: "a length of 0",
    sequences: [[1]],
    options: { length: 0 },
    says: /length must be an integer of at least 1, got 0/,
  },
  { what: "a misspelt end", sequences: [[1]], options: { at: "front" }, says: /"end" or "start", got "front"/ },
];

for (const { what, sequences, options, says } of MISTAKES) {
  test(`${what} is rejected`, () => {
    assert.throws(
      () => padSequences(sequences as readonly Sequence[], options),
      (error) => error instanceof GradusError && error.code === "bad-argument" && says.test(error.message),
    );
  });
}

test("padded sequences can be the inputs of a dataset directly", () => {
  const inputs = padSequences([
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6]],
  ]);
  const dataset = fromArrays({ inputs, targets: { shape: [2], data: Uint8Array.of(1, 0) } });
  assert.deepEqual(dataset.inputShape, [2, 2]);
  assert.equal(dataset.targetKind, "labels");
  assert.deepEqual([...dataset.toArrays().inputs.data], [1, 2, 3, 4, 5, 6, 0, 0]);
});
