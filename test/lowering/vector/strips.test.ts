import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutStrips } from "../../../src/lowering/vector/matmul-plan.ts";

test("strips cover a length without a gap, none wider than the tile, at most two of a width of their own", () => {
  const cuts = fc.record({
    length: fc.integer({ min: 1, max: 300 }),
    vectors: fc.integer({ min: 1, max: 6 }),
    grain: fc.constantFrom(1, 4, 8, 16),
  });
  fc.assert(
    fc.property(cuts, ({ length, vectors, grain }) => {
      const tile = vectors * grain;
      const strips = cutStrips(length, tile, grain);
      let end = 0;
      for (const { start, width } of strips) {
        assert.equal(start, end);
        assert.ok(width > 0 && width <= tile);
        end += width;
      }
      assert.equal(end, length);
      const own = strips.filter(({ width }) => width < tile);
      assert.ok(own.length <= 2);
      // they come last, and where there are two, the first ends on a whole grain
      assert.deepEqual(strips.slice(strips.length - own.length), own);
      if (own.length === 2) assert.equal((own[0]?.width as number) % grain, 0);
    }),
  );
});

test("a small rest shares with the last whole strip", () => {
  const widths = (length: number, tile: number, grain: number) =>
    cutStrips(length, tile, grain).map(({ width }) => width);
  assert.deepEqual(widths(13, 5, 1), [5, 4, 4]);
  assert.deepEqual(widths(11, 5, 1), [5, 3, 3]);
  assert.deepEqual(widths(14, 5, 1), [5, 5, 4]);
  // a half rounded up to whole vectors would be the tile again
  assert.deepEqual(widths(20, 8, 4), [8, 8, 4]);
  assert.deepEqual(widths(28, 12, 4), [12, 8, 8]);
});
