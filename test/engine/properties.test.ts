import assert from "node:assert/strict";
import { test } from "node:test";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { difference, randomCase, runOn } from "./cases.ts";

const reference = createReferenceBackend();

/** Every way to run a graph that must agree with the definition. Float32 against float64 over chains of a dozen operations,
 *  divisions and reductions among them: 2e-4. */
const BACKENDS = {
  "SIMD, fused multiply-add, one thread": { threads: 1 },
  "SIMD, fused multiply-add, two threads": { threads: 2 },
  "SIMD, fused multiply-add, three threads": { threads: 3 },
  "SIMD, multiply and add": { threads: 1, relaxed: false },
  "no SIMD": { threads: 1, simd: false },
  "a kernel for every operation": { threads: 1, fuse: false },
} as const;

for (const [name, options] of Object.entries(BACKENDS)) {
  test(`wasm equals the reference interpreter on random graphs: ${name}`, () => {
    const backend = createWasmBackend(options);
    for (let seed = 0; seed < 40; seed++) {
      const example = randomCase(seed, 12);
      const fault = difference(runOn(reference, example), runOn(backend, example), 2e-4, example.graph);
      assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
    }
    backend.dispose();
  });
}

test("the number of threads changes no bit", () => {
  const backends = [1, 2, 3].map((threads) => createWasmBackend({ threads }));
  for (let seed = 100; seed < 130; seed++) {
    const example = randomCase(seed, 12);
    const [one, ...others] = backends.map((backend) => runOn(backend, example));
    for (const other of others) {
      const fault = difference(one as NonNullable<typeof one>, other, 0, example.graph);
      assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
    }
  }
  for (const backend of backends) backend.dispose();
});

test("fused equals unfused: the same operations in the same order, but for where a multiply-add rounds once", () => {
  const fused = createWasmBackend({ threads: 1, relaxed: false });
  const unfused = createWasmBackend({ threads: 1, relaxed: false, fuse: false });
  for (let seed = 200; seed < 240; seed++) {
    const example = randomCase(seed, 12);
    // without fused multiply-adds both round alike; reductions may run along another axis order of vectors
    const fault = difference(runOn(unfused, example), runOn(fused, example), 2e-5, example.graph);
    assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
  }
  fused.dispose();
  unfused.dispose();
});
