import assert from "node:assert/strict";
import { test } from "node:test";
import { availableBytes, requireMemory } from "../../src/core/memory.ts";
import { ones, zeros } from "../../src/index.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import type { Ffi } from "../../src/runtime/native/ffi.ts";
import { NativeHeap } from "../../src/runtime/native/heap.ts";
import type { Platform } from "../../src/runtime/native/platform/index.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { WasmHeap } from "../../src/runtime/wasm/heap.ts";
import { evaluate } from "../../src/tensor/evaluate.ts";
import { compiledBackends } from "../engine/backends.ts";

const GIB = 2 ** 30;

test("requests above what there is are refused with both numbers, small ones are not asked about", () => {
  requireMemory("here", GIB, () => GIB);
  requireMemory("here", 1000, () => assert.fail("asked"));
  assert.throws(() => requireMemory("here", 2 * GIB, () => GIB), {
    code: "out-of-memory",
    values: { where: "here", bytes: 2 * GIB, available: GIB },
    message: /2048 MiB are needed at once, 1024 MiB are available/,
  });
  assert.ok(availableBytes() > 0);
});

test("the native heap asks the system for nothing that is not there", () => {
  const asked: number[] = [];
  const platform = {
    allocate: (bytes: number) => {
      asked.push(bytes);
      return 2 ** 21;
    },
  } as unknown as Platform;
  const heap = (available: number) =>
    new NativeHeap({ view: () => new ArrayBuffer(0) } as unknown as Ffi, platform, () => available);
  assert.throws(() => heap(GIB).allocate(2 * GIB), { code: "out-of-memory" });
  // one array cannot show more, whatever there is
  for (const bytes of [4 * GIB, 4 * GIB + 1, 2 ** 45])
    assert.throws(() => heap(Number.POSITIVE_INFINITY).allocate(bytes), { code: "out-of-memory" });
  assert.deepEqual(asked, []);
  assert.ok(heap(4 * GIB).allocate(2 * GIB) > 0);
  assert.equal(asked.length, 1);
});

test("the wasm heap grows to what there is, and to 4 GiB", () => {
  const heap = new WasmHeap(false, 256, () => GIB);
  assert.throws(() => heap.allocate(2 * GIB), { code: "out-of-memory" });
  assert.throws(() => heap.allocate(4 * GIB), { code: "out-of-memory" });
  assert.ok(heap.allocate(1000) > 0);
});

const backends: readonly Backend[] = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];

for (const backend of backends) {
  test(`${backend.description}: what does not fit is refused, and the backend goes on`, async () => {
    assert.throws(() => backend.allocate([2 ** 40], "float32"), { code: "out-of-memory" });
    await assert.rejects(() => evaluate(zeros([2 ** 40]).add(1).node, backend), { code: "out-of-memory" });
    // the result is one number; what lies between is not
    const rows = ones([2 ** 22, 1]).mul(ones([1, 2 ** 22]));
    await assert.rejects(() => evaluate(rows.matmul(rows).sum().node, backend), { code: "out-of-memory" });
    assert.deepEqual([...(await evaluate(zeros([2]).add(1).node, backend)).array.data], [1, 1]);
  });
}

for (const backend of backends.filter(({ name }) => name !== "reference")) {
  test(`${backend.description}: 4 GiB are refused`, async () => {
    await assert.rejects(() => evaluate(zeros([2 ** 30]).add(1).node, backend), { code: "out-of-memory" });
  });
}
