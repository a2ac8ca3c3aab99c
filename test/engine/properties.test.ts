import assert from "node:assert/strict";
import { after, test } from "node:test";
import { KINDS } from "../../src/compiler/kinds.ts";
import type { HostArray } from "../../src/core/dtype.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Op } from "../../src/graph/node.ts";
import { topologicalOrder } from "../../src/graph/walk.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { type Case, difference, randomCase, runOn } from "./cases.ts";

/** Every way to run a graph that must agree with the definition. */
const BACKENDS = {
  "SIMD, fused multiply-add, one thread": createWasmBackend({ threads: 1 }),
  "SIMD, fused multiply-add, two threads": createWasmBackend({ threads: 2 }),
  "SIMD, fused multiply-add, three threads": createWasmBackend({ threads: 3 }),
  "SIMD, multiply and add": createWasmBackend({ threads: 1, relaxed: false }),
  "no SIMD": createWasmBackend({ threads: 1, simd: false }),
  "no SIMD, two threads": createWasmBackend({ threads: 2, simd: false }),
  "a kernel for every operation": createWasmBackend({ threads: 1, fuse: false }),
  "a kernel for every operation, two threads": createWasmBackend({ threads: 2, fuse: false }),
} as const;

after(() => {
  for (const backend of Object.values(BACKENDS)) backend.dispose();
});

/** Float32 against float64 over chains of a dozen operations, divisions and reductions among them. Integers and truth values: equal. */
const TOLERANCE = 2e-4;

const reference = createReferenceBackend();
const examples = Array.from(
  { length: 60 },
  (_, seed): { readonly example: Case; readonly expected: readonly HostArray[] } => {
    const example = randomCase(seed, seed % 2 === 0 ? 8 : 16);
    return { example, expected: runOn(reference, example) };
  },
);

for (const [name, backend] of Object.entries(BACKENDS)) {
  test(`wasm equals the reference interpreter on random graphs: ${name}`, () => {
    for (const [seed, { example, expected }] of examples.entries()) {
      const fault = difference(expected, runOn(backend, example), TOLERANCE, example.graph);
      assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
    }
  });
}

test("the random graphs hold every primitive operation, and outputs of every type", () => {
  const types = new Set(examples.flatMap(({ example }) => example.graph.outputs.map(({ dtype }) => dtype)));
  assert.deepEqual([...types].sort(), ["bool", "float32", "int32", "uint32"]);
  const used = new Set(examples.flatMap(({ example }) => topologicalOrder(example.graph.outputs).map(({ op }) => op)));
  assert.deepEqual(
    Object.keys(KINDS).filter((op) => !used.has(op as Op)),
    [],
  );
});

/** The same values in every bit; one NaN is as good as another. */
function requireSameBits(
  name: string,
  seed: number,
  wanted: readonly HostArray[],
  { example }: (typeof examples)[number],
) {
  const got = runOn(BACKENDS[name as keyof typeof BACKENDS], example);
  const fault = difference(wanted, got, 0, example.graph);
  assert.equal(fault, undefined, `${name}, seed ${seed}: ${fault}`);
}

test("the number of threads changes no bit, nor does another run", () => {
  for (const [seed, entry] of examples.entries()) {
    const one = runOn(BACKENDS["SIMD, fused multiply-add, one thread"], entry.example);
    for (const name of ["one thread", "two threads", "three threads"]) {
      requireSameBits(`SIMD, fused multiply-add, ${name}`, seed, one, entry);
    }
    const unfused = runOn(BACKENDS["a kernel for every operation"], entry.example);
    requireSameBits("a kernel for every operation, two threads", seed, unfused, entry);
    const scalar = runOn(BACKENDS["no SIMD"], entry.example);
    requireSameBits("no SIMD, two threads", seed, scalar, entry);
  }
});

test("fused equals unfused: the same operations, but for the order in which long rows are added up", () => {
  const unfused = createWasmBackend({ threads: 1, relaxed: false, fuse: false });
  for (const [seed, { example }] of examples.entries()) {
    // without fused multiply-adds both round alike
    const fused = runOn(BACKENDS["SIMD, multiply and add"], example);
    const fault = difference(runOn(unfused, example), fused, 2e-5, example.graph);
    assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
  }
  unfused.dispose();
});
