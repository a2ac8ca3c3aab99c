import assert from "node:assert/strict";
import { after, test } from "node:test";
import { wasmTarget } from "../../src/codegen/wasm/features.ts";
import { schedule } from "../../src/compiler/schedule.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import type { HostArray } from "../../src/core/dtype.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Node } from "../../src/graph/node.ts";
import { printGraph } from "../../src/graph/print.ts";
import { fuseMatmulEpilogues } from "../../src/lowering/vector/fuse-matmul.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compiledBackends, nativeBackends } from "./backends.ts";
import { difference, inputNode } from "./cases.ts";
import { type EpilogueCase, epilogueCase } from "./epilogue-cases.ts";
import { runsOf } from "./state-runs.ts";

// What is computed from a matrix product may run within the product's kernel. No bit depends on that.

/** Outputs and states of two runs. */
const twoRuns = async (backend: Backend, example: EpilogueCase): Promise<HostArray[]> =>
  runsOf(backend, example, example.fed, 2);

/** Each variant runs a part of them. */
const SEEDS = Array.from({ length: 175 }, (_, seed) => seed);
const SEEDS_PER_VARIANT = 25;
const VARIANTS: Readonly<Record<string, (epilogues: boolean) => readonly Backend[]>> = {
  "one thread": (epilogues) => [createWasmBackend({ threads: 1, epilogues })],
  "two threads": (epilogues) => [createWasmBackend({ threads: 2, epilogues })],
  "three threads": (epilogues) => [createWasmBackend({ threads: 3, epilogues })],
  "multiply and add": (epilogues) => [createWasmBackend({ threads: 1, relaxed: false, epilogues })],
  "no SIMD, two threads": (epilogues) => [createWasmBackend({ threads: 2, simd: false, epilogues })],
  "machine code, one thread": (epilogues) => nativeBackends({ threads: 1, epilogues }),
  "machine code, three threads": (epilogues) => nativeBackends({ threads: 3, epilogues }),
};
const reference = createReferenceBackend();
const opened: Backend[] = [];
after(() => {
  for (const backend of opened) backend.dispose();
});

function requireAlike(wanted: readonly HostArray[], got: readonly HostArray[], tolerance: number, seed: number): void {
  const names: Node[] = wanted.map(({ shape, dtype }) => inputNode("value", shape, dtype));
  const fault = difference(wanted, got, tolerance, { inputs: [], states: [], outputs: names });
  assert.equal(fault, undefined, `seed ${seed}: ${fault}\n${printGraph(epilogueCase(seed).graph)}`);
}

for (const [index, [name, open]] of Object.entries(VARIANTS).entries()) {
  const seeds = SEEDS.slice(index * SEEDS_PER_VARIANT, (index + 1) * SEEDS_PER_VARIANT);
  test(`loops within the kernels of matrix products change no bit: ${name}`, async () => {
    const [apart, joined] = [open(false), open(true)];
    opened.push(...apart, ...joined);
    for (const seed of seeds) {
      for (const [index, backend] of apart.entries()) {
        const got = await twoRuns(joined[index] as Backend, epilogueCase(seed));
        requireAlike(await twoRuns(backend, epilogueCase(seed)), got, 0, seed);
      }
    }
  });
}

test("loops within the kernels of matrix products compute what they are defined to", async () => {
  const backends = compiledBackends({ threads: 2 });
  opened.push(...backends);
  for (const seed of SEEDS.slice(0, 50)) {
    const expected = await twoRuns(reference, epilogueCase(seed));
    for (const backend of backends) requireAlike(expected, await twoRuns(backend, epilogueCase(seed)), 2e-3, seed);
  }
});

test("the random graphs hold loops of both kinds within products, as they are and transposed, stored and not", () => {
  const target = wasmTarget({ simd: true, relaxed: true });
  const counts = new Map<string, number>();
  for (const seed of SEEDS) {
    const scheduled = schedule(simplify(epilogueCase(seed).graph));
    for (const kernel of fuseMatmulEpilogues(scheduled, target, 2).kernels) {
      if (kernel.kind !== "matmul" || !kernel.epilogue) continue;
      const { loop, isTransposed, isProductStored } = kernel.epilogue;
      const kind = loop.isReduced.includes(true) ? "columns" : "map";
      for (const name of [kind, `transposed: ${isTransposed}`, `stored: ${isProductStored}`])
        counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  assert.equal(counts.size, 6);
  for (const [name, count] of counts) assert.ok(count >= 20, `${name}: ${count}`);
});
