import assert from "node:assert/strict";
import { test } from "node:test";
import type { Target } from "../../src/codegen/program.ts";
import { compileGraph } from "../../src/lowering/vector/pipeline.ts";
import { recurrenceCase } from "../engine/recurrence-cases.ts";

const AVX512: Target = {
  name: "avx512",
  lanes: 16,
  registers: 32,
  fusedMultiplyAdd: true,
  flushesSubnormals: true,
};

const compiled = (gates: 3 | 4, steps: number, reads: "last" | "stacked" = "last") => {
  const sizes = { gates, steps, batch: 32, features: 5, units: 64, reads } as const;
  const { graph } = recurrenceCase(1, { ...sizes, isLoop: true, reverse: false, isTimeFirst: true });
  return compileGraph(graph, AVX512, 2);
};

test("as many functions for 200 steps as for 8, and one kernel per step and direction", () => {
  for (const gates of [3, 4] as const)
    assert.equal(compiled(gates, 200).functions.length, compiled(gates, 8).functions.length);
  const [few, many] = [compiled(4, 8), compiled(4, 200)];
  assert.equal(many.calls.length - few.calls.length, 2 * (200 - 8));
  const counts = new Map<string, number>();
  for (const { label } of many.calls) counts.set(label, (counts.get(label) ?? 0) + 1);
  const steps = [...counts].filter(([, count]) => count === 200).map(([label]) => label);
  assert.equal(steps.length, 2);
  // the product with the recurrent weights, with everything else of the step in its kernel
  for (const label of steps) assert.match(label, /^matmul_.*_map_/);
});

test("the memory of what is carried does not grow with the number of steps, unless its values are read", () => {
  const bytes = (steps: number) => compiled(4, steps).arenaBytes;
  const perStep = (bytes(200) - bytes(100)) / 100;
  const array = 32 * 64 * 4;
  // forward: state, cell, four gates and the cell's activation; the sums of the gates; backward: the four gates' cotangents; the inputs
  assert.ok(perStep <= (2 + 5 + 4 + 4) * array + 5 * 32 * 4, `${perStep / array} arrays per step`);
});

test("threads pass from step to step on rows of their own, without a barrier", () => {
  const barriers = (steps: number) => compiled(4, steps).calls.filter(({ barrierBefore }) => barrierBefore).length;
  assert.ok(barriers(200) - barriers(8) < 4);
});

test("recurrent weights are packed once, before the steps", () => {
  const { calls } = compiled(4, 50);
  // the gates' product forward, and its derivative backward: 64 x 256 and 256 x 64 in strips of 64 columns
  const packed = calls.filter(({ label }) => label === "map_4x64x64_1ops" || label === "map_256x64_1ops");
  assert.ok(packed.length >= 2, calls.map(({ label }) => label).join(" "));
});
