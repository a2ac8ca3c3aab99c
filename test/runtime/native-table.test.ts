import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chunkOf } from "../../src/codegen/chunk.ts";
import type { KernelCall } from "../../src/codegen/program.ts";
import { ENTRY, TABLE } from "../../src/codegen/x64/runner.ts";
import { NativeHeap } from "../../src/runtime/native/heap.ts";
import { ProgramTable } from "../../src/runtime/native/table.ts";
import { nativeMachine, skipNative } from "./native-machine.ts";

/** A share of a call as it stands in a thread's list. */
interface Share {
  readonly call: number;
  readonly begin: number;
  readonly end: number;
  /** barriers that the thread went through before */
  readonly phase: number;
}

/** Far from any real address, and told apart by the call. */
const KERNEL = 2 ** 46;

function addressAt(heap: NativeHeap, address: number): number {
  const words = new Uint32Array(heap.ints(address, 2));
  return (words[0] as number) + (words[1] as number) * 2 ** 32;
}

function readList(heap: NativeHeap, table: ProgramTable, thread: number): { shares: Share[]; barriers: number } {
  const shares: Share[] = [];
  let barriers = 0;
  const end = addressAt(heap, table.address + thread * TABLE.threadBytes + TABLE.end);
  let entry = addressAt(heap, table.address + thread * TABLE.threadBytes + TABLE.begin);
  for (; entry < end; entry += ENTRY.bytes) {
    const words = heap.ints(entry, ENTRY.bytes / 4);
    if (words[ENTRY.barrier / 4] !== 0) barriers++;
    const kernel = addressAt(heap, entry + ENTRY.kernel);
    if (kernel === 0) continue;
    const call = addressAt(heap, addressAt(heap, entry + ENTRY.block));
    assert.equal(kernel, KERNEL + (call % 3) * 64, "the kernel of the call");
    const [first, last] = [words[ENTRY.begin / 4] as number, words[ENTRY.end / 4] as number];
    shares.push({ call, begin: first, end: last, phase: barriers });
  }
  return { shares, barriers };
}

const call = fc.record({
  items: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1000 })),
  grain: fc.integer({ min: 1, max: 20 }),
  barrierBefore: fc.boolean(),
});

test("every item of every call is somebody's, once; and barriers stand where threads could disturb each other", {
  skip: skipNative,
}, () => {
  const { ffi, platform } = nativeMachine();
  const heap = new NativeHeap(ffi, platform);
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (drawn, threads) => {
      // the argument block holds the call's own number
      const calls = drawn.map(
        (each, position): KernelCall => ({ ...each, function: position % 3, addresses: [position], label: "" }),
      );
      const kernels = [0, 1, 2].map((index) => KERNEL + index * 64);
      const table = new ProgramTable(heap, calls, kernels, threads);
      const lists = Array.from({ length: threads }, (_, thread) => readList(heap, table, thread));
      assert.equal(new Set(lists.map(({ barriers }) => barriers)).size, 1, "all threads meet equally often");
      if (table.lone)
        assert.ok(
          lists.every(({ shares, barriers }, thread) => barriers === 0 && (thread === 0 || shares.length === 0)),
        );

      calls.forEach(({ items, grain }, position) => {
        const shares = lists.map((list) => list.shares.filter((share) => share.call === position));
        const covered = shares.flat().reduce((sum, { begin, end }) => sum + end - begin, 0);
        assert.equal(covered, items);
        for (const [thread, own] of shares.entries()) {
          const chunk = chunkOf({ items, grain }, threads);
          for (const { begin, end } of own)
            assert.deepEqual([begin, end], [thread * chunk, Math.min(begin + chunk, items)]);
        }
      });

      for (const [thread, { shares }] of lists.entries()) {
        for (const [otherThread, other] of lists.entries()) {
          for (const earlier of shares) {
            for (const later of other.shares) {
              const isOrdered = drawn
                .slice(earlier.call + 1, later.call + 1)
                .some(({ barrierBefore }) => barrierBefore);
              if (later.call <= earlier.call || !isOrdered || thread === otherThread) continue;
              assert.ok(
                later.phase > earlier.phase,
                `call ${later.call} may start before call ${earlier.call} has ended`,
              );
            }
          }
        }
        assert.deepEqual(
          shares.map(({ call: position }) => position),
          shares.map(({ call: position }) => position).sort((a, b) => a - b),
        );
      }
      table.free();
    }),
    { numRuns: 300 },
  );
  heap.dispose();
  assert.equal(heap.heldBytes, 0);
});

test("a program that only one thread has work in is kept from the others", { skip: skipNative }, () => {
  const { ffi, platform } = nativeMachine();
  const heap = new NativeHeap(ffi, platform);
  const make = (...items: readonly number[]): ProgramTable =>
    new ProgramTable(
      heap,
      items.map((count) => ({ function: 0, addresses: [], items: count, grain: 8, barrierBefore: true, label: "" })),
      [KERNEL],
      3,
    );
  assert.notEqual(make(8, 3, 0, 1).lone, undefined);
  assert.equal(make(8, 9, 1).lone, undefined);
  assert.notEqual(make().lone, undefined);
});
