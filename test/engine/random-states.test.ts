import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Node } from "../../src/graph/node.ts";
import { printGraph } from "../../src/graph/print.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { nativeBackends } from "./backends.ts";
import { difference, inputNode } from "./cases.ts";
import { type StateCase, stateCase } from "./state-cases.ts";
import { runsOf } from "./state-runs.ts";

/** Outputs and states of three runs. */
const threeRuns = async (backend: Backend, example: StateCase): Promise<HostArray[]> =>
  runsOf(backend, example, [example.fed], 3);

function named(list: readonly Backend[], how: string): Readonly<Record<string, Backend>> {
  return Object.fromEntries(list.map((backend) => [`${backend.description}, ${how}`, backend]));
}

const SEEDS = Array.from({ length: 140 }, (_, seed) => seed);
const reference = createReferenceBackend();
const backends: Readonly<Record<string, Backend>> = {
  fused: createWasmBackend({ threads: 1 }),
  "fused, two threads": createWasmBackend({ threads: 2 }),
  "no SIMD": createWasmBackend({ threads: 1, simd: false }),
  "a kernel for every operation": createWasmBackend({ threads: 1, fuse: false }),
  ...named(nativeBackends({ threads: 1 }), "fused"),
  ...named(nativeBackends({ threads: 3 }), "fused"),
  ...named(nativeBackends({ threads: 1, fuse: false }), "a kernel for every operation"),
};

const expected = await Promise.all(SEEDS.map((seed) => threeRuns(reference, stateCase(seed))));

for (const [name, backend] of Object.entries(backends)) {
  test(`states of random steps are updated as by definition: ${name}`, async () => {
    for (const seed of SEEDS) {
      const wanted = expected[seed] as HostArray[];
      const names: Node[] = wanted.map(({ shape, dtype }) => inputNode("value", shape, dtype));
      const example = stateCase(seed);
      // three steps in a row: rounding of the first is carried through the others
      const fault = difference(wanted, await threeRuns(backend, example), 1e-3, {
        inputs: [],
        states: [],
        outputs: names,
      });
      assert.equal(fault, undefined, `seed ${seed}: ${fault}\n${printGraph(example.graph)}`);
    }
    backend.dispose();
  });
}
