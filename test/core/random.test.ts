import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Philox4, philox4x32, philoxPosition, randomBits, type Seed } from "../../src/core/random.ts";

/** Known answers published with Random123 (kat_vectors, philox4x32 10). */
const knownAnswers: readonly { counter: Philox4; key: Seed; words: Philox4 }[] = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

test("philox4x32 gives the published answers", () => {
  for (const { counter, key, words } of knownAnswers) assert.deepEqual(philox4x32(counter, key), words);
});

test("randomBits: element i is word (i >>> 2) & 3 of block 4 (i >>> 4) + (i & 3)", () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(word, word, fc.nat(100), fc.nat(5000), (k0, k1, length, start) => {
      const bits = randomBits([k0, k1], length, start);
      assert.equal(bits.length, length);
      for (let index = 0; index < length; index++) {
        const element = start + index;
        const block = (element >>> 4) * 4 + (element & 3);
        assert.equal(bits[index], philox4x32([block, 0, 0, 0], [k0, k1])[(element >>> 2) & 3]);
        assert.deepEqual(philoxPosition(element), { block, word: (element >>> 2) & 3 });
      }
    }),
  );
});

test("bits are uniform: every bit is set in about half of the words, and seeds differ", () => {
  const count = 20_000;
  const bits = randomBits([1, 2], count);
  for (let bit = 0; bit < 32; bit++) {
    let ones = 0;
    for (const value of bits) ones += (value >>> bit) & 1;
    // five standard deviations of a fair coin
    assert.ok(Math.abs(ones - count / 2) < 5 * Math.sqrt(count / 4), `bit ${bit}: ${ones} of ${count}`);
  }
  const other = randomBits([1, 3], count);
  assert.ok(bits.filter((value, index) => value === other[index]).length < 3);
});
