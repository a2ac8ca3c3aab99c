import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { createNativeBackend } from "../../src/engine/native/backend.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { KINDS } from "../../src/graph/kinds.ts";
import type { Op } from "../../src/graph/node.ts";
import { topologicalOrder } from "../../src/graph/walk.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { NATIVE_SETS } from "./backends.ts";
import { type Case, difference, randomCase, runOn } from "./cases.ts";

/** Every way to run a graph that must agree with the definition. */
const WASM = {
  "SIMD, fused multiply-add, one thread": createWasmBackend({ threads: 1 }),
  "SIMD, fused multiply-add, two threads": createWasmBackend({ threads: 2 }),
  "SIMD, fused multiply-add, three threads": createWasmBackend({ threads: 3 }),
  "SIMD, multiply and add": createWasmBackend({ threads: 1, relaxed: false }),
  "no SIMD": createWasmBackend({ threads: 1, simd: false }),
  "no SIMD, two threads": createWasmBackend({ threads: 2, simd: false }),
  "a kernel for every operation": createWasmBackend({ threads: 1, fuse: false }),
  "a kernel for every operation, two threads": createWasmBackend({ threads: 2, fuse: false }),
} as const;

/** Machine code in the same ways: a list of those for each instruction set that runs here. */
const NATIVE: Readonly<Record<string, Backend>> = Object.fromEntries(
  NATIVE_SETS.flatMap((isa) => [
    ...[1, 2, 3].map((threads) => [`${isa}, ${threads} threads`, createNativeBackend({ threads, isa })] as const),
    [`${isa}, a kernel for every operation`, createNativeBackend({ threads: 1, isa, fuse: false })],
  ]),
);

const BACKENDS: Readonly<Record<string, Backend>> = { ...WASM, ...NATIVE };

after(() => {
  for (const backend of Object.values(BACKENDS)) backend.dispose();
});

/** Float32 against float64 over chains of a dozen operations, divisions and reductions among them. Integers and truth values: equal. */
const TOLERANCE = 2e-4;

const reference = createReferenceBackend();
const cases = Array.from({ length: 45 }, (_, seed): Case => randomCase(seed, seed % 2 === 0 ? 8 : 24));
const examples: { readonly example: Case; readonly expected: readonly HostArray[] }[] = [];
for (const example of cases) examples.push({ example, expected: await runOn(reference, example) });

/** Outputs of every example on a backend, computed once. */
const known = new Map<string, readonly (readonly HostArray[])[]>();
async function outputsOn(name: string): Promise<readonly (readonly HostArray[])[]> {
  const outputs = known.get(name) ?? (await outputsOf(BACKENDS[name] as Backend));
  known.set(name, outputs);
  return outputs;
}

async function outputsOf(backend: Backend): Promise<readonly (readonly HostArray[])[]> {
  const outputs: (readonly HostArray[])[] = [];
  for (const { example } of examples) outputs.push(await runOn(backend, example));
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

for (const [name, backend] of Object.entries(BACKENDS)) {
  test(`${backend.name} equals the reference interpreter on random graphs: ${name}`, async () => {
    requireEqual(
      examples.map(({ expected }) => expected),
      await outputsOn(name),
      TOLERANCE,
    );
  });
}

test("the random graphs hold every primitive operation, and outputs of every type", () => {
  const types = new Set(examples.flatMap(({ example }) => example.graph.outputs.map(({ dtype }) => dtype)));
  assert.deepEqual([...types].sort(), ["bool", "float32", "int32", "uint32"]);
  const used = new Set(examples.flatMap(({ example }) => topologicalOrder(example.graph.outputs).map(({ op }) => op)));
  // loops have bodies: recurrences.test.ts
  const missing = Object.keys(KINDS).filter((op) => !used.has(op as Op) && !op.startsWith("scan"));
  assert.deepEqual(missing, []);
});

test("the number of threads changes no bit", async () => {
  const one = await outputsOn("SIMD, fused multiply-add, one thread");
  requireEqual(one, await outputsOn("SIMD, fused multiply-add, two threads"), 0);
  requireEqual(one, await outputsOn("SIMD, fused multiply-add, three threads"), 0);
  requireEqual(await outputsOn("no SIMD"), await outputsOn("no SIMD, two threads"), 0);
  requireEqual(
    await outputsOn("a kernel for every operation"),
    await outputsOn("a kernel for every operation, two threads"),
    0,
  );
  for (const isa of NATIVE_SETS) {
    for (const threads of [2, 3])
      requireEqual(await outputsOn(`${isa}, 1 threads`), await outputsOn(`${isa}, ${threads} threads`), 0);
  }
});

test("another run on another device changes no bit", async () => {
  const others = {
    "SIMD, fused multiply-add, two threads": createWasmBackend({ threads: 2 }),
    ...Object.fromEntries(NATIVE_SETS.map((isa) => [`${isa}, 2 threads`, createNativeBackend({ threads: 2, isa })])),
  };
  for (const [name, backend] of Object.entries(others)) {
    const again = await outputsOf(backend);
    requireEqual(await outputsOn(name), again, 0);
    backend.dispose();
  }
});

test("fused equals unfused: the same operations, but for the order in which long rows are added up", async () => {
  const unfused = createWasmBackend({ threads: 1, relaxed: false, fuse: false });
  // without fused multiply-adds both round alike
  const outputs = await outputsOf(unfused);
  requireEqual(outputs, await outputsOn("SIMD, multiply and add"), 2e-5);
  unfused.dispose();
});
