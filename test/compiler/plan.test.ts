import assert from "node:assert/strict";
import { test } from "node:test";
import { wasmTarget } from "../../src/codegen/wasm/features.ts";
import { readNodes, writtenNodes } from "../../src/compiler/kernel.ts";
import type { Location } from "../../src/compiler/location.ts";
import { planMemory } from "../../src/compiler/memory.ts";
import { prepared } from "../../src/compiler/pipeline.ts";
import { schedule } from "../../src/compiler/schedule.ts";
import type { Graph, Node } from "../../src/graph/node.ts";
import { fuseConvEpilogues } from "../../src/lowering/vector/fuse-conv.ts";
import { fuseMatmulEpilogues } from "../../src/lowering/vector/fuse-matmul.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { difference, randomCase, runOn } from "../engine/cases.ts";
import { partCase } from "../engine/part-cases.ts";

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

function overlap(a: Location, b: Location): boolean {
  if (a.space !== "arena" || b.space !== "arena") return false;
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

test("simplification changes no value", async () => {
  const reference = createReferenceBackend();
  for (const seed of SEEDS) {
    const example = randomCase(seed, 14);
    const simpler = { ...example, graph: prepared(example.graph) };
    const fault = difference(await runOn(reference, example), await runOn(reference, simpler), 1e-12, example.graph);
    assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
  }
});

test("kernels come after the kernels whose values they read, and every value read is written", () => {
  for (const { seed, graph } of GRAPHS) {
    const written = new Set<Node>();
    for (const kernel of scheduled(graph).kernels) {
      for (const node of readNodes(kernel)) {
        const isResident = node.op === "input" || node.op === "literal";
        const own = writtenNodes(kernel).includes(node);
        assert.ok(isResident || own || written.has(node), `seed ${seed}: ${node.op} is read before it is written`);
      }
      for (const node of writtenNodes(kernel)) written.add(node);
    }
  }
});

test("no two arrays that live at the same time share memory", () => {
  for (const { seed, graph } of GRAPHS) {
    const plan = scheduled(graph);
    const { kernels, locations, homes, arenaBytes } = planMemory(graph, plan);
    /** an array and those that it is a part of */
    const withHomes = (node: Node): Node[] => {
      const home = homes.get(node)?.array;
      return home ? [node, ...withHomes(home)] : [node];
    };
    const isPart = (part: Node, whole: Node) => withHomes(part).includes(whole);
    const lives = new Map<Node, { from: number; to: number }>();
    kernels.forEach((kernel, time) => {
      for (const node of [...readNodes(kernel), ...writtenNodes(kernel)].flatMap(withHomes)) {
        const isResident = node.op === "input" || node.op === "literal";
        const life = lives.get(node) ?? { from: isResident ? -1 : time, to: time };
        lives.set(node, { from: life.from, to: Math.max(life.to, time) });
      }
    });
    for (const node of plan.outputs) (lives.get(node) as { to: number }).to = kernels.length;
    const entries = [...lives];
    for (const [a, lifeA] of entries) {
      const placeA = locations.get(a) as Location;
      assert.ok(placeA.space !== "arena" || placeA.offset + placeA.bytes <= arenaBytes, "inside the arena");
      for (const [b, lifeB] of entries) {
        if (a === b || isPart(a, b) || isPart(b, a) || lifeA.from > lifeB.to || lifeB.from > lifeA.to) continue;
        assert.ok(!overlap(placeA, locations.get(b) as Location), `seed ${seed}: ${a.op} and ${b.op} share memory`);
      }
    }
  }
});
