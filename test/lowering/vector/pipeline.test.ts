import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyFunction } from "../../../src/codegen/verify.ts";
import { wasmTarget } from "../../../src/codegen/wasm/features.ts";
import { writtenNodes } from "../../../src/compiler/kernel.ts";
import { planMemory } from "../../../src/compiler/memory.ts";
import { prepared } from "../../../src/compiler/pipeline.ts";
import { schedule } from "../../../src/compiler/schedule.ts";
import type { Graph } from "../../../src/graph/node.ts";
import { fuseConvEpilogues } from "../../../src/lowering/vector/fuse-conv.ts";
import { fuseMatmulEpilogues } from "../../../src/lowering/vector/fuse-matmul.ts";
import { compileGraph } from "../../../src/lowering/vector/pipeline.ts";
import { randomCase } from "../../engine/cases.ts";
import { partCase } from "../../engine/part-cases.ts";
import { touchedBy } from "./touched.ts";

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed + 1000);
/** Graphs of anything, and of values that are parts of one another. */
const GRAPHS = SEEDS.flatMap((seed) => [
  { seed, graph: prepared(randomCase(seed, 14).graph) },
  { seed, graph: prepared(partCase(seed).graph) },
]);
const target = wasmTarget({ simd: true, relaxed: true });

function scheduled(graph: Graph) {
  return fuseConvEpilogues(fuseMatmulEpilogues(schedule(graph), target, 2), 2);
}

test("between two barriers no call touches what another one writes", () => {
  for (const { seed, graph } of GRAPHS) {
    const { kernels, locations } = planMemory(graph, scheduled(graph));
    // nothing is put behind the states: the kernels are those of the graph as it stands
    const { calls } = compileGraph(graph, { ...target, flushesSubnormals: true }, 2);
    // calls are the kernels that have work, in order
    const working = kernels.filter((kernel) => writtenNodes(kernel).some(({ shape }) => !shape.includes(0)));
    assert.equal(calls.length, working.length, `seed ${seed}: a call for every kernel`);
    let [readSince, writtenSince] = [new Set<string>(), new Set<string>()];
    working.forEach((kernel, index) => {
      if (calls[index]?.barrierBefore) [readSince, writtenSince] = [new Set(), new Set()];
      const { reads, writes } = touchedBy(kernel, locations);
      const meets = (some: ReadonlySet<string>, others: ReadonlySet<string>) => [...some].some((a) => others.has(a));
      assert.ok(
        !meets(reads, writtenSince) && !meets(writes, writtenSince) && !meets(writes, readSince),
        `seed ${seed}: call ${index} needs a barrier`,
      );
      for (const place of reads) readSince.add(place);
      for (const place of writes) writtenSince.add(place);
    });
  }
});

test("every function of a program passes the verifier", () => {
  for (const seed of SEEDS.slice(0, 20)) {
    for (const lanes of [target, wasmTarget({ simd: false, relaxed: false })]) {
      const { functions } = compileGraph(randomCase(seed, 14).graph, lanes, 2);
      for (const code of functions) verifyFunction(code, lanes.lanes);
    }
  }
});
