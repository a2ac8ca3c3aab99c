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
  { length: 45 },
  (_, seed): { readonly example: Case; readonly expected: readonly HostArray[] } => {
    const example = randomCase(seed, seed % 2 === 0 ? 8 : 24);
    return { example, expected: runOn(reference, example) };
  },
);

type Name = keyof typeof BACKENDS;

/** Outputs of every example on a backend, computed once. */
const known = new Map<Name, (readonly HostArray[])[]>();
function outputsOn(name: Name): (readonly HostArray[])[] {
  const outputs = known.get(name) ?? examples.map(({ example }) => runOn(BACKENDS[name], example));
  known.set(name, outputs);
  return outputs;
}

function requireEqual(
  wanted: readonly (readonly HostArray[])[],
  got: readonly (readonly HostArray[])[],
  tolerance: number,
) {
  for (const [seed, { example }] of examples.entries()) {
    const fault = difference(wanted[seed] ?? [], got[seed] ?? [], tolerance, example.graph);
    assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
  }
}

for (const name of Object.keys(BACKENDS) as Name[]) {
  test(`wasm equals the reference interpreter on random graphs: ${name}`, () => {
    requireEqual(
      examples.map(({ expected }) => expected),
      outputsOn(name),
      TOLERANCE,
    );
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

test("the number of threads changes no bit", () => {
  const one = outputsOn("SIMD, fused multiply-add, one thread");
  requireEqual(one, outputsOn("SIMD, fused multiply-add, two threads"), 0);
  requireEqual(one, outputsOn("SIMD, fused multiply-add, three threads"), 0);
  requireEqual(outputsOn("no SIMD"), outputsOn("no SIMD, two threads"), 0);
  requireEqual(outputsOn("a kernel for every operation"), outputsOn("a kernel for every operation, two threads"), 0);
});

test("another run on another device changes no bit", () => {
  const backend = createWasmBackend({ threads: 2 });
  const again = examples.map(({ example }) => runOn(backend, example));
  requireEqual(outputsOn("SIMD, fused multiply-add, two threads"), again, 0);
  backend.dispose();
});

test("fused equals unfused: the same operations, but for the order in which long rows are added up", () => {
  const unfused = createWasmBackend({ threads: 1, relaxed: false, fuse: false });
  // without fused multiply-adds both round alike
  const outputs = examples.map(({ example }) => runOn(unfused, example));
  requireEqual(outputs, outputsOn("SIMD, multiply and add"), 2e-5);
  unfused.dispose();
});
