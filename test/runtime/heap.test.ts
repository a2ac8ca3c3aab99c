import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { WasmHeap } from "../../src/runtime/wasm/heap.ts";

test("allocations never overlap, are aligned, and everything freed comes back", () => {
  const sizes = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), free: fc.nat() }), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, (requests) => {
      const heap = new WasmHeap(false, 256);
      const start = heap.usedBytes;
      const live: { address: number; bytes: number }[] = [];
      for (const { bytes, free } of requests) {
        const address = heap.allocate(bytes);
        assert.equal(address % 64, 0);
        assert.ok(address >= start);
        for (const other of live) {
          assert.ok(address + bytes <= other.address || other.address + other.bytes <= address, "overlap");
        }
        live.push({ address, bytes });
        // every other time one of the live ones goes
        if (free % 2 === 0) {
          const [gone] = live.splice(free % live.length, 1);
          if (gone) heap.free(gone.address, gone.bytes);
        }
      }
      for (const { address, bytes } of live) heap.free(address, bytes);
      assert.equal(heap.usedBytes, start);
    }),
  );
});

test("the memory grows on demand and says so clearly where it cannot", () => {
  const heap = new WasmHeap(false, 256);
  const before = heap.memory.buffer.byteLength;
  const address = heap.allocate(before * 2);
  assert.ok(heap.memory.buffer.byteLength >= before * 2 + address);
  assert.throws(() => heap.allocate(5 * 2 ** 30), { code: "out-of-memory" });
  heap.free(address, before * 2);
});
