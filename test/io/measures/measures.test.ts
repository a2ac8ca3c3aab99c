import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joinBytes } from "../../../src/io/join-bytes.ts";
import type { MeasureBlock } from "../../../src/io/measures/content.ts";
import { readMeasures } from "../../../src/io/measures/decode.ts";
import { encodeColumns, encodeHistogram, encodeRows, encodeVoid } from "../../../src/io/measures/encode.ts";

const NAMES = new Map([
  [7, ["loss", "learningRate"]],
  [9, ['layers/0/"x"\n', "한글", ""]],
]);
const widthOf = (set: number) => NAMES.get(set)?.length;
const floats = (...numbers: number[]) => Float64Array.from(numbers);

/** A block with arrays of its own, which outlive the reading. */
function kept(block: MeasureBlock): unknown {
  if (block.type !== "rows") return block;
  const { set, rows, steps, times, values } = block;
  return { type: "rows", set, rows, steps: [...steps], times: [...times], values: values.map((column) => [...column]) };
}

function read(bytes: Uint8Array, width: (set: number) => number | undefined = widthOf) {
  const blocks: unknown[] = [];
  const found = readMeasures(bytes, width, (block) => blocks.push(kept(block)));
  return { blocks, ...found };
}

const parts = [
  encodeColumns(7, NAMES.get(7) ?? []),
  encodeRows(7, 2, floats(1, 2, 99), floats(1e12, 1e12 + 1, 0), [floats(0.5, Number.NaN, 0), floats(-0, Infinity, 0)]),
  encodeColumns(9, NAMES.get(9) ?? []),
  encodeHistogram({ name: "layers/1/activations", step: 2, time: 5, low: -1, high: 1, counts: [1, 0, 3] }),
  encodeVoid(1),
  encodeRows(9, 1, floats(2), floats(8), [floats(1), floats(2), floats(-Infinity)]),
];
const expected = [
  { type: "columns", set: 7, names: ["loss", "learningRate"] },
  {
    type: "rows",
    set: 7,
    rows: 2,
    steps: [1, 2],
    times: [1e12, 1e12 + 1],
    values: [
      [0.5, Number.NaN],
      [-0, Infinity],
    ],
  },
  { type: "columns", set: 9, names: ['layers/0/"x"\n', "한글", ""] },
  { type: "histogram", name: "layers/1/activations", step: 2, time: 5, low: -1, high: 1, counts: [1, 0, 3] },
  { type: "void", step: 1 },
  { type: "rows", set: 9, rows: 1, steps: [2], times: [8], values: [[1], [2], [-Infinity]] },
];
const whole = joinBytes("test", parts);
const ends = parts.map((_, index) => parts.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0));

test("the layout of a block, byte by byte", () => {
  const block = Buffer.from(encodeVoid(1)).toString("hex");
  // magic, checksum, length, kind, step
  assert.equal(block, "89474d31" + "e6be3824" + "08000000" + "04000000" + "000000000000f03f");
  assert.ok(parts.every((part) => part.length % 8 === 0));
});

test("what is written is read", () => {
  assert.deepEqual(read(whole), { blocks: expected, end: whole.length, gaps: [], unknown: 0, nameless: 0 });
});

test("cut at any byte, everything before the cut is read", () => {
  for (let cut = 0; cut <= whole.length; cut++) {
    const count = ends.filter((end) => end <= cut).length;
    const { blocks, end, gaps } = read(whole.slice(0, cut));
    assert.deepEqual(blocks, expected.slice(0, count), `cut at ${cut}`);
    assert.equal(end, ends[count - 1] ?? 0);
    assert.deepEqual(gaps, []);
  }
});

test("a damaged byte costs its own block, wherever it is", () => {
  for (let at = 0; at < whole.length; at++) {
    const damaged = Uint8Array.from(whole);
    damaged[at] = (damaged[at] as number) ^ 0x41;
    const hit = ends.findIndex((end) => at < end);
    const { blocks, end, gaps } = read(damaged);
    assert.deepEqual(
      blocks,
      expected.filter((_, index) => index !== hit),
      `byte ${at}`,
    );
    const start = ends[hit - 1] ?? 0;
    const isLast = hit === parts.length - 1;
    assert.deepEqual(gaps, isLast ? [] : [{ at: start, bytes: (ends[hit] as number) - start }]);
    assert.equal(end, isLast ? start : whole.length);
  }
});

test("bytes that are missing in the middle, or too many, cost what they touch", () => {
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }), (at, missing, extra) => {
      const from = Math.min(at, whole.length);
      const to = Math.min(from + missing, whole.length);
      const bytes = joinBytes("test", [whole.subarray(0, from), extra, whole.subarray(to)]);
      const isWhole = (index: number) =>
        (ends[index] as number) <= from || (ends[index - 1] ?? 0) >= to || (from === to && extra.length === 0);
      const found = read(bytes).blocks.map((block) => JSON.stringify(block));
      const all = expected.map((block) => JSON.stringify(block));
      // what was put in may be what was taken out
      assert.deepEqual(
        found,
        all.filter((block) => found.includes(block)),
      );
      for (const [index, block] of all.entries()) if (isWhole(index)) assert.ok(found.includes(block), block);
    }),
  );
});

test("rows of a set without names, and blocks of other kinds, are counted and passed over", () => {
  const other = Uint8Array.from(encodeVoid(1));
  const { blocks, nameless, unknown } = read(whole, (set) => (set === 9 ? 3 : undefined));
  assert.deepEqual(
    blocks,
    expected.filter((_, index) => index !== 1),
  );
  assert.deepEqual([nameless, unknown], [2, 0]);
  // a width that contradicts the block
  assert.equal(read(whole, () => 1).unknown, 2);
  assert.equal(read(joinBytes("test", [other, whole])).end, other.length + whole.length);
});

test("blocks are read from bytes that lie anywhere in memory", () => {
  for (let shift = 0; shift < 8; shift++) {
    const memory = new Uint8Array(shift + whole.length);
    memory.set(whole, shift);
    assert.deepEqual(read(memory.subarray(shift)).blocks, expected);
  }
});

test("random bytes are no blocks", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.deepEqual(read(bytes), { blocks: [], end: 0, gaps: [], unknown: 0, nameless: 0 });
    }),
  );
});
