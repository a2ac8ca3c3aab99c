import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { simplify } from "../../src/compiler/simplify.ts";
import type { Graph, Node } from "../../src/graph/node.ts";
import { topologicalOrder } from "../../src/graph/walk.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "../engine/backends.ts";
import { difference, inputNode, magnitudes, randomValues, runOn } from "../engine/cases.ts";
import { mulberry } from "../engine/draw.ts";

const random = mulberry(17);
const reference = createReferenceBackend();

/** How often a graph sums over an array of this many elements. */
function sumsOver(graph: Graph, elements: number): number {
  return topologicalOrder(graph.outputs).filter(
    ({ op, inputs }) =>
      op === "reduce" && (inputs[0] as Node).shape.reduce((product, size) => product * size, 1) === elements,
  ).length;
}

const graphOf = (inputs: readonly Node[], outputs: readonly Tensor[]): Graph => ({
  inputs: inputs as readonly Node<"input">[],
  states: [],
  outputs: outputs.map(({ node }) => node),
});

/** Mean, variance, and the sums behind the gradients of a normalisation of x, for the gradient g of its result. */
function normalised(x: Tensor, g: Tensor, scale: Tensor, axes: readonly number[]): readonly Tensor[] {
  const centred = x.sub(x.mean(axes, true));
  const variance = centred.square().mean(axes, true);
  const own = g.mul(scale).add(centred.mul(variance));
  const dx = own.sub(own.sum(axes, true).mul(1 / (x.size / own.sum(axes).size)));
  return [variance, g.sum(axes), dx, dx.sum(axes), centred.sum(axes)];
}

const shapes = fc.record({
  shape: fc.array(fc.constantFrom(1, 2, 3, 7, 16, 20), { minLength: 2, maxLength: 4 }),
  which: fc.integer({ min: 1, max: 15 }),
  offset: fc.constantFrom(0, 100),
});

test("sums of what is centred need no pass, and variances by sample have the same value", async () => {
  const backends = compiledBackends({ threads: 1 });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ shape, which, offset }) => {
      const axes = shape.map((_, axis) => axis).filter((axis) => which & (1 << axis));
      if (axes.length === 0) return;
      const inputs = [
        inputNode("x", shape),
        inputNode("g", shape),
        inputNode(
          "scale",
          shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
        ),
      ];
      const [x, g, scale] = inputs.map((node) => new Tensor(node)) as [Tensor, Tensor, Tensor];
      const graph = graphOf(inputs, normalised(x.add(offset), g, scale, axes));
      const values = inputs.map(({ shape: own }) => randomValues(random, own));
      const before = await runOn(reference, { graph, values });
      const sizes = await magnitudes(reference, { graph, values });
      const after = await runOn(reference, { graph: simplify(graph), values });
      assert.equal(difference(before, after, 1e-9, graph, sizes), undefined);
      for (const backend of backends) {
        const result = await runOn(backend, { graph, values });
        assert.equal(difference(before, result, 1e-4, graph, sizes), undefined, backend.description);
      }
    }),
    { numRuns: 60 },
  );
  for (const backend of backends) backend.dispose();
});

test("a normalisation over a batch of images sums over them three times", () => {
  const shape = [16, 20, 20, 8];
  const inputs = [inputNode("x", shape), inputNode("g", shape), inputNode("scale", [1, 1, 1, 8])];
  const [x, g, scale] = inputs.map((node) => new Tensor(node)) as [Tensor, Tensor, Tensor];
  const graph = graphOf(inputs, normalised(x, g, scale, [0, 1, 2]));
  // of x, of squares around each image's mean, and of g
  assert.equal(sumsOver(simplify(graph), 16 * 20 * 20 * 8), 3);
});

test("a sum of something centred that is not finite is not finite", async () => {
  const input = inputNode("x", [2, 3]);
  const x = new Tensor(input);
  const graph = simplify(graphOf([input], [x.sub(x.mean([1], true)).sum(1)]));
  const values = [{ shape: [2, 3], dtype: "float32" as const, data: Float32Array.of(1, 2, 3, 4, Number.NaN, 6) }];
  const [result] = await runOn(reference, { graph, values });
  assert.equal(result?.data[0], 0);
  assert.ok(Number.isNaN(result?.data[1]));
});
