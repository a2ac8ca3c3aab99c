import assert from "node:assert/strict";
import { test } from "node:test";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import { philox } from "../../src/codegen/math/index.ts";
import { type Philox4, philox4x32, randomBits, type Seed } from "../../src/core/random.ts";
import { load, variants } from "./harness.ts";

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

for (const form of variants) {
  test(`${form.name}: philox gives the published answers, with the key in registers or as numbers`, () => {
    for (const { counter, key, words } of knownAnswers) {
      const b = new FunctionBuilder("philox", form.target);
      const address = b.parameter();
      b.range();
      const loaded = [0, 4, 8, 12, 16, 20].map((offset) => b.loadSplat(address, offset, "int"));
      const [c0, c1, c2, c3, k0, k1] = loaded as [typeof address, ...(typeof address)[]] & { length: 6 };
      const counters = [c0, c1 ?? c0, c2 ?? c0, c3 ?? c0] as const;
      const results = [...philox(b, counters, [k0 ?? c0, k1 ?? c0]), ...philox(b, counters, key)];
      results.forEach((word, position) => {
        b.store(word, address, 64 + position * 64);
      });
      const { buffer, base, run } = load([b.finish()], form);
      const view = new Uint32Array(buffer);
      view.set([...counter, ...key]);
      run(base, 0, 0, 0);
      for (let position = 0; position < 8; position++) {
        for (let lane = 0; lane < form.target.lanes; lane++) {
          assert.equal(view[16 + position * 16 + lane], words[position % 4]);
        }
      }
      assert.deepEqual(philox4x32(counter, key), words);
    }
  });

  test(`${form.name}: four words of whole vectors, their blocks interleaved, are the stream`, () => {
    const { lanes } = form.target;
    const seed: Seed = [123456789, 0xfedcba98];
    const b = new FunctionBuilder("stream", form.target);
    const address = b.parameter();
    b.range();
    for (let block = 0; block < 16; block += lanes) {
      const words = philox(b, [b.intRamp(block), 0, 0, 0], seed);
      if (lanes > 1) b.interleaveBlocks(words);
      words.forEach((word, position) => {
        const element =
          lanes > 1 ? block * 4 + position * lanes : Math.floor(block / 4) * 16 + (block % 4) + position * 4;
        b.store(word, address, element * 4);
      });
    }
    const { buffer, base, run } = load([b.finish()], form);
    run(base, 0, 0, 0);
    assert.deepEqual(new Uint32Array(buffer, 0, 64), randomBits(seed, 64));
  });
}
