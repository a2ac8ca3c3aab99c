import assert from "node:assert/strict";
import { test } from "node:test";
import { wasmTarget } from "../../../src/codegen/wasm/features.ts";
import { add, makeNode, matmul, unary } from "../../../src/graph/build.ts";
import type { Graph, Node } from "../../../src/graph/node.ts";
import { type CompiledProgram, compileGraph } from "../../../src/lowering/vector/pipeline.ts";
import { recurrenceCase } from "../../engine/recurrence-cases.ts";

const target = wasmTarget({ simd: true, relaxed: true });

/** A recurrence h <- tanh(x_t + h W), its steps' inputs slices of one array. */
function recurrence(steps: number): Graph {
  const input = (name: string, shape: readonly number[]) => makeNode("input", [], { name, shape, dtype: "float32" });
  const [x, w, first] = [input("x", [steps, 8, 24]), input("w", [24, 24]), input("h", [8, 24])];
  let h: Node = first;
  for (let t = 0; t < steps; t++) {
    const part = makeNode("slice", [x], { start: [t, 0, 0], size: [1, 8, 24], step: [1, 1, 1] });
    h = unary("tanh", add(makeNode("reshape", [part], { shape: [8, 24] }), matmul(h, w)));
  }
  return { inputs: [x, w, first], states: [], outputs: [h] };
}

test("equal steps that read other parts of one array share their code", () => {
  const few = compileGraph(recurrence(3), target, 2);
  const many = compileGraph(recurrence(9), target, 2);
  assert.equal(many.functions.length, few.functions.length);
  assert.equal(many.calls.length, 9);
  const offsets = many.calls.map(({ locations }) => locations.map(({ offset }) => offset).join());
  assert.equal(new Set(offsets).size, 9, "each call has addresses of its own");
});

/** Calls that a step more takes. */
function callsPerStep(gates: 3 | 4): number {
  const [few, many] = [8, 12].map((steps) => {
    const sizes = { gates, steps, batch: 8, features: 5, units: 16 } as const;
    const { graph } = recurrenceCase(1, {
      ...sizes,
      isLoop: false,
      reverse: false,
      isTimeFirst: true,
      reads: "stacked",
    });
    return compileGraph(graph, target, 2);
  }) as [CompiledProgram, CompiledProgram];
  assert.equal(many.functions.length, few.functions.length, "steps more are no code more");
  return (many.calls.length - few.calls.length) / 4;
}

test("what a step gives goes where all steps' values lie, without copies", () => {
  // forward: product and gates in one; backward the same
  assert.equal(callsPerStep(4), 2);
  // forward: the product, which the way back needs as well, and the gates; backward: both in one
  assert.equal(callsPerStep(3), 3);
});
