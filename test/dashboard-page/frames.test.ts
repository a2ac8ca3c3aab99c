import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeFrames, type Frame } from "../../apps/dashboard/src/data/frames.ts";
import { columnsOf, placesFrom, series } from "./places.ts";

/** A frame as the server writes it. */
function encode({ places, total, cursor, generation, oddCount, odd }: Frame): number[] {
  const { length, steps, times, lows, highs, lasts } = places;
  const numbers = [length, total, cursor, generation, oddCount];
  for (let place = 0; place < length; place++)
    for (const column of [steps, times, lows, highs, lasts]) numbers.push(column[place] ?? 0);
  return [...numbers, ...odd.flatMap(({ step, value }) => [step, value])];
}

const bytesOf = (numbers: readonly number[]) => Float64Array.from(numbers).buffer;

test("frames are read as they were written", () => {
  fc.assert(
    fc.property(fc.array(series, { maxLength: 4 }), (all) => {
      const frames = all.map((points, generation): Frame => {
        const odd = points.filter(({ value }) => !Number.isFinite(value)).map(({ step, value }) => ({ step, value }));
        return {
          places: placesFrom(points),
          total: 7 * points.length,
          cursor: 9,
          generation,
          oddCount: odd.length,
          odd,
        };
      });
      const read = decodeFrames(bytesOf(frames.flatMap(encode)), frames.length);
      const plain = (frame: Frame) => ({ ...frame, places: columnsOf(frame.places) });
      assert.deepEqual(read.map(plain), frames.map(plain));
    }),
  );
});

test("more odd values than are listed: the count is kept, and the next frame is found", () => {
  const listed = Array.from({ length: 1000 }, (_, index) => [index, Number.NaN]).flat();
  const [first, second] = decodeFrames(bytesOf([0, 5000, 5000, 0, 5000, ...listed, 0, 3, 3, 1, 0]), 2);
  assert.equal(first?.oddCount, 5000);
  assert.equal(first?.odd.length, 1000);
  assert.equal(second?.generation, 1);
});

test("bytes that do not hold the frames are refused", () => {
  const whole = [1, 1, 1, 0, 0, 1, 1, 1, 1, 1];
  for (const bytes of [
    bytesOf(whole.slice(0, 8)),
    bytesOf([...whole, 0]),
    bytesOf([2, ...whole.slice(1)]),
    bytesOf([-1, 1, 1, 0, 0]),
    bytesOf([0.5, 1, 1, 0, 0]),
    bytesOf([Number.NaN, 1, 1, 0, 0]),
    bytesOf([0, 0, 0, 0, 1e15]),
    new ArrayBuffer(12),
  ])
    assert.throws(() => decodeFrames(bytes, 1), { code: "bad-answer" });
  assert.deepEqual(decodeFrames(new ArrayBuffer(0), 0), []);
});
