import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Arena } from "../../src/compiler/arena.ts";

interface Value {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

const values = fc.array(
  fc
    .record({ bytes: fc.integer({ min: 1, max: 8 }), from: fc.nat(20), length: fc.nat(8) })
    .map(({ bytes, from, length }): Value => ({ bytes: bytes * 64, from, to: from + length })),
  { maxLength: 40 },
);

/** Tries every offset at which a value could begin: 0, or the end of another one. */
function lowestFree(value: Value, placed: readonly (Value & { readonly offset: number })[]): number {
  const busy = placed.filter(({ from, to }) => from <= value.to && value.from <= to);
  const isFree = (offset: number) =>
    busy.every((other) => offset + value.bytes <= other.offset || other.offset + other.bytes <= offset);
  return Math.min(...[0, ...busy.map(({ offset, bytes }) => offset + bytes)].filter(isFree));
}

test("every value gets the lowest offset that is free while it lives", () => {
  fc.assert(
    fc.property(values, (list) => {
      const arena = new Arena(list.length);
      const placed: (Value & { readonly offset: number })[] = [];
      for (const value of list) {
        const offset = arena.place(value.bytes, value.from, value.to);
        assert.equal(offset, lowestFree(value, placed));
        placed.push({ ...value, offset });
      }
      assert.equal(arena.bytes, Math.max(0, ...placed.map(({ offset, bytes }) => offset + bytes)));
    }),
  );
});

test("values that live at different times share their place", () => {
  const arena = new Arena(3);
  assert.equal(arena.place(128, 0, 3), 0);
  assert.equal(arena.place(64, 4, 9), 0);
  assert.equal(arena.place(64, 3, 4), 128);
  assert.equal(arena.bytes, 192);
});
