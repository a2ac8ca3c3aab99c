import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NativeHeap } from "../../src/runtime/native/heap.ts";
import { nativeMachine, skipNative } from "./native-machine.ts";

const MIB = 2 ** 20;

function open(): NativeHeap {
  const { ffi, platform } = nativeMachine();
  return new NativeHeap(ffi, platform);
}

test("allocations are aligned, zeroed, apart, and everything freed comes back", { skip: skipNative }, () => {
  const sizes = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 200_000 }), free: fc.nat() }), { maxLength: 60 });
  const heap = open();
  fc.assert(
    fc.property(sizes, (requests) => {
      const live: { address: number; bytes: number }[] = [];
      for (const { bytes, free } of requests) {
        const address = heap.allocate(bytes);
        assert.equal(address % 64, 0);
        for (const other of live) {
          assert.ok(address + bytes <= other.address || other.address + other.bytes <= address, "overlap");
        }
        const words = heap.ints(address, Math.ceil(bytes / 4));
        assert.ok(words.every((word) => word === 0));
        words.fill(-1);
        live.push({ address, bytes });
        // every other time one of the live ones goes
        if (free % 2 === 0) {
          const [gone] = live.splice(free % live.length, 1);
          if (gone) heap.free(gone.address, gone.bytes);
        }
      }
      for (const { address, bytes } of live) heap.free(address, bytes);
      assert.ok(heap.heldBytes <= 16 * MIB, "one empty block is kept, no more");
    }),
    { numRuns: 40 },
  );
  heap.dispose();
  assert.equal(heap.heldBytes, 0);
});

test("a vector may be read past the end of the last array of a block", { skip: skipNative }, () => {
  const heap = open();
  // fills its block to the last byte that is given out
  const bytes = 32 * MIB - 64;
  const address = heap.allocate(bytes);
  assert.equal(heap.heldBytes, 32 * MIB);
  assert.equal(heap.floats(address + bytes, 16)[15], 0);
  heap.free(address, bytes);
  assert.equal(heap.heldBytes, 0);
});

test("large arrays start in large pages of their own block", { skip: skipNative }, () => {
  const heap = open();
  const address = heap.allocate(20 * MIB);
  assert.equal(address % (2 * MIB), 0);
  heap.free(address, 20 * MIB);
  heap.dispose();
});

test("what is freed is used again: a million arrays that come and go take no memory", { skip: skipNative }, () => {
  const heap = open();
  const kept = heap.allocate(1000);
  for (let turn = 0; turn < 1_000_000; turn++) heap.free(heap.allocate(1 + (turn % 5000)), 1 + (turn % 5000));
  assert.equal(heap.heldBytes, 16 * MIB);
  heap.free(kept, 1000);
  heap.dispose();
  assert.equal(heap.heldBytes, 0);
});

test("an address of nobody is refused", { skip: skipNative }, () => {
  assert.throws(() => open().floats(4096, 1), { code: "bad-argument" });
});
