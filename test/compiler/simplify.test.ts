import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { simplify } from "../../src/compiler/simplify.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { Graph } from "../../src/graph/node.ts";
import { topologicalOrder } from "../../src/graph/walk.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { full, range } from "../../src/tensor/create.ts";
import { Tensor, where } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "../engine/backends.ts";
import { difference, inputNode, magnitudes, randomValues, runOn } from "../engine/cases.ts";
import { mulberry } from "../engine/draw.ts";

const x = inputNode("x", [2, 3]);
const i = inputNode("i", [2, 3], "int32");
const row = inputNode("row", [3]);
const INPUTS = [x, i, row];

type Build = (x: Tensor, i: Tensor, row: Tensor) => Tensor;

/** What is left of each expression: its operations, inputs first, without leaves. "" where an input or one value is left. */
const RULES: Readonly<Record<string, readonly [Build, string]>> = {
  "x + 0": [(x) => x.add(0), ""],
  "0 + x": [(x) => full([2, 3], 0).add(x), ""],
  "x - 0": [(x) => x.sub(0), ""],
  "0 - x": [(x) => full([2, 3], 0).sub(x), "neg"],
  "0 - i stays: no negation of words": [(_, i) => full([2, 3], 0, "int32").sub(i), "reshape broadcast sub"],
  "x * 1": [(x) => x.mul(1), ""],
  "1 * x": [(x) => full([], 1).mul(x), ""],
  "x * 0 stays: x may be infinite": [(x) => x.mul(0), "reshape broadcast mul"],
  "x / 1": [(x) => x.div(1), ""],
  "x / 4 is a product": [(x) => x.div(4), "reshape broadcast mul"],
  "x / 3 stays: its reciprocal is not exact": [(x) => x.div(3), "reshape broadcast div"],
  "x / 0 stays": [(x) => x.div(0), "reshape broadcast div"],
  "x ^ 1": [(x) => x.pow(1), ""],
  "x ^ 2": [(x) => x.pow(2), "mul"],
  "x ^ 0.5": [(x) => x.pow(0.5), "sqrt"],
  "x ^ 3 stays": [(x) => x.pow(3), "reshape broadcast pow"],
  "true ? x : x / 3": [(x) => where(full([], 1, "bool"), x, x.div(3)), ""],
  "false ? x / 3 : x": [(x) => where(full([], 0, "bool"), x.div(3), x), ""],
  "x + (-x)": [(x) => x.add(x.neg()), "sub"],
  "(-x) + x": [(x) => x.neg().add(x), "sub"],
  "x - (-x)": [(x) => x.sub(x.neg()), "add"],
  "-(-x)": [(x) => x.neg().neg(), ""],
  "constants are computed": [() => full([2, 3], 2).mul(3).add(1).sqrt(), "reshape broadcast"],
  "the sum of one value": [() => full([2, 3], 2).sum(), ""],
  "an integer sum that wraps around stays": [() => full([4], 2 ** 30, "int32").sum(), "reshape broadcast reduce"],
  "a sum over an axis of size 1": [(x) => x.reshape([2, 1, 3]).sum(1), ""],
  "the same twice": [(x) => x.tanh().add(x.tanh()), "tanh add"],
  "two reshapes": [(x) => x.reshape([3, 2]).reshape([6]), "reshape"],
  "there and back": [(x) => x.reshape([6]).reshape([2, 3]), ""],
  "transposed twice": [(x) => x.transpose().transpose(), ""],
  "a slice of everything": [(x) => x.slice(1, 0), ""],
  "a cast to its own type": [(x) => new Tensor(makeNode("cast", [x.node], { to: "float32" })), ""],
  "a stop for gradients": [(x) => x.stopGradient(), ""],
  "functions of a row that is repeated": [(_, __, row) => row.broadcastTo([4, 3]).tanh(), "reshape tanh broadcast"],
  "a row and one value, repeated": [
    (_, __, row) => row.broadcastTo([4, 3]).mul(2),
    "reshape reshape broadcast mul broadcast",
  ],
  "functions of a product in another shape": [
    (x) => x.transpose().matmul(x).reshape([9]).tanh(),
    "permute matmul tanh reshape",
  ],
  "functions of an input in another shape": [(x) => x.reshape([6]).tanh(), "reshape tanh"],
  "a product over nothing": [() => full([2, 0], 1).matmul(full([0, 3], 1)), "reshape broadcast"],
};

function remains({ outputs }: Graph): string {
  const leaves = ["input", "constant", "literal", "iota"];
  return topologicalOrder(outputs)
    .map(({ op }) => op)
    .filter((op) => !leaves.includes(op))
    .join(" ");
}

const reference = createReferenceBackend();
const random = mulberry(8);
const values = INPUTS.map(({ shape, dtype }) => randomValues(random, shape, dtype));
values[0] = { shape: [2, 3], dtype: "float32", data: Float64Array.of(0, 1, 2.5, 49, 1e30, 3) };

for (const [name, [build, expected]] of Object.entries(RULES)) {
  test(`simplify: ${name}`, async () => {
    const [a, b, c] = INPUTS.map((node) => new Tensor(node)) as [Tensor, Tensor, Tensor];
    const graph = { inputs: INPUTS, states: [], outputs: [build(a, b, c).node] };
    const simple = simplify(graph);
    assert.equal(remains(simple), expected);
    const [[before], [after]] = [
      await runOn(reference, { graph, values }),
      await runOn(reference, { graph: simple, values }),
    ];
    assert.deepEqual(after?.shape, before?.shape);
    assert.equal(after?.dtype, before?.dtype);
    before?.data.forEach((value, index) => {
      const other = after?.data[index] as number;
      assert.ok(
        Object.is(value, other) || value === other || Math.abs(value - other) <= 1e-15 * Math.abs(value),
        `${value} became ${other}`,
      );
    });
  });
}

test("a quotient of whole numbers is exact: floor(n k / k) = n", async () => {
  const backends = compiledBackends({ threads: 1 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async (divisor) => {
      const n = range(300).cast("float32");
      const quotient = n.mul(divisor).div(divisor).floor();
      const graph = { inputs: [], states: [], outputs: [quotient.node] };
      for (const backend of backends) {
        const [result] = await runOn(backend, { graph, values: [] });
        assert.deepEqual(
          [...(result?.data ?? [])],
          Array.from({ length: 300 }, (_, index) => index),
        );
      }
    }),
    { numRuns: 40 },
  );
  for (const backend of backends) backend.dispose();
});

test("simplify leaves a simple graph alone", () => {
  const graph = { inputs: [x], states: [], outputs: [new Tensor(x).tanh().sum(0).node] };
  const once = simplify(graph);
  assert.equal(simplify(once).outputs[0], once.outputs[0]);
});

test("a deep chain does not exhaust the stack, nor does one that is rewritten at both ends", () => {
  let [plain, rewritten] = [new Tensor(x), new Tensor(x).mul(1)];
  for (let depth = 0; depth < 10_000; depth++) {
    plain = plain.add(1);
    rewritten = rewritten.tanh();
  }
  const { outputs } = simplify({ inputs: [x], states: [], outputs: [plain.node, rewritten.div(1).node] });
  assert.deepEqual(
    outputs.map(({ op }) => op),
    ["add", "tanh"],
  );
});

/** Reductions that one over axes of these sizes becomes: over the others and then over the first, as long as many elements are left. */
function steps(sizes: readonly number[]): number {
  const [, ...rest] = sizes;
  const isLong = rest.length > 0 && sizes.reduce((count, size) => count * size, 1) >= 4096;
  return isLong ? 1 + steps(rest) : Math.min(1, sizes.length);
}

test("long reductions run in several steps, over the first axis last", async () => {
  const shapes = fc.record({
    shape: fc.array(fc.constantFrom(1, 2, 3, 16, 20), { minLength: 2, maxLength: 4 }),
    which: fc.integer({ min: 1, max: 15 }),
    kind: fc.constantFrom("sum" as const, "max" as const, "min" as const),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ shape, which, kind }) => {
      const axes = shape.map((_, axis) => axis).filter((axis) => which & (1 << axis));
      if (axes.length === 0) return;
      const input = inputNode("input", shape);
      const graph = { inputs: [input], states: [], outputs: [makeNode("reduce", [input], { kind, axes })] };
      const simple = simplify(graph);
      const lengths = axes.map((axis) => shape[axis] as number).filter((size) => size > 1);
      assert.equal(remains(simple).split("reduce").length - 1, steps(lengths));
      const values = [randomValues(random, shape)];
      const [before, after] = [
        await runOn(reference, { graph, values }),
        await runOn(reference, { graph: simple, values }),
      ];
      const sizes = await magnitudes(reference, { graph, values });
      assert.equal(difference(before, after, 1e-12, graph, sizes), undefined);
    }),
    { numRuns: 100 },
  );
});
