import assert from "node:assert/strict";
import { test } from "node:test";
import { createWasmBackend } from "../../../src/engine/wasm/backend.ts";
import { Tensor } from "../../../src/tensor/tensor.ts";
import { inputNode } from "../cases.ts";

for (const threads of [1, 2]) {
  test(`arrays and programs follow a WebAssembly memory that grows, ${threads} threads`, async () => {
    const backend = createWasmBackend({ threads });
    const input = inputNode("x", [5]);
    const state = inputNode("s", [5]);
    const next = new Tensor(state).add(new Tensor(input)).node;
    const array = backend.allocate([5], "float32");
    array.write({ shape: [5], dtype: "float32", data: Float32Array.of(1, 2, 3, 4, 5) });
    const graph = { inputs: [input], states: [{ input: state, next }], outputs: [new Tensor(next).mul(2).node] };
    const executable = await backend.compile(graph, [array]);
    const x = { shape: [5], dtype: "float32", data: Float32Array.of(10, 10, 10, 10, 10) } as const;
    await executable.run([x]);
    // more than the 16 MiB that the memory begins with
    const large = backend.allocate([8_000_000], "float32");
    assert.deepEqual((await array.read()).data, Float32Array.of(11, 12, 13, 14, 15));
    const [doubled] = await executable.run([x]);
    assert.deepEqual(doubled?.data, Float32Array.of(42, 44, 46, 48, 50));
    assert.ok(doubled?.data.buffer instanceof ArrayBuffer, "outputs are the caller's own");
    assert.deepEqual((await array.read()).data, Float32Array.of(21, 22, 23, 24, 25));
    large.dispose();
    backend.dispose();
  });
}

test("memory that was used before comes back as zeros", async () => {
  const backend = createWasmBackend({ threads: 1 });
  const first = backend.allocate([100], "int32");
  first.write({ shape: [100], dtype: "int32", data: new Int32Array(100).fill(7) });
  first.dispose();
  const second = backend.allocate([3000], "int32");
  assert.ok((await second.read()).data.every((value) => value === 0));
  backend.dispose();
});
