import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { expand } from "../../src/compiler/expand.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { makeNode } from "../../src/graph/build.ts";
import { type ConvAttributes, isOp, type Node, type Op, type WindowAttributes } from "../../src/graph/node.ts";
import { windowPositions } from "../../src/graph/primitives/windows.ts";
import { topologicalOrder } from "../../src/graph/walk.ts";
import { inputNode } from "../engine/cases.ts";

// What operations on windows are written with. That the values are right is tested on every backend.

const same = (rank: number, window: number, stride: number): WindowAttributes => {
  const list = (value: number) => new Array<number>(rank).fill(value);
  const padding = list(Math.floor(window / 2));
  return { window: list(window), stride: list(stride), dilation: list(1), before: padding, after: padding };
};

/** All nodes that are computed for the outputs. */
function written(...outputs: readonly Node[]): readonly Node[] {
  return topologicalOrder(simplify(expand({ inputs: [], states: [], outputs })).outputs);
}

function count(nodes: readonly Node[], ...ops: readonly Op[]): number {
  return nodes.filter(({ op }) => ops.includes(op)).length;
}

/** Multiply-adds of all convolutions and matrix products. */
function products(nodes: readonly Node[]): number {
  const terms = (node: Node): number => {
    if (isOp(node, "conv")) return sizeOf((node.inputs[1] as Node).shape.slice(0, -1));
    return isOp(node, "matmul") ? ((node.inputs[0] as Node).shape.at(-1) as number) : 0;
  };
  return nodes.reduce((sum, node) => sum + sizeOf(node.shape) * terms(node), 0);
}

const convolution = (x: Node, units: number, attributes: ConvAttributes): Node => {
  const channels = (x.shape.at(-1) as number) / attributes.groups;
  return makeNode("conv", [x, inputNode("w", [...attributes.window, channels, units])], attributes);
};

test("nothing is left that has no kernel, and every array has its shape", () => {
  const geometry = fc.record({
    size: fc.array(fc.integer({ min: 4, max: 9 }), { minLength: 1, maxLength: 3 }),
    window: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    groups: fc.constantFrom(1, 2, 4),
  });
  fc.assert(
    fc.property(geometry, ({ size, window, stride, groups }) => {
      const attributes = { ...same(size.length, window, stride), groups };
      const positions = windowPositions("test", size, attributes);
      const x = inputNode("x", [2, ...size, 4]);
      const w = inputNode("w", [...attributes.window, 4 / groups, 8]);
      const g = inputNode("g", [2, ...positions, 8]);
      const pooled = inputNode("pooled", [2, ...positions, 4]);
      const index = makeNode("windowArgmax", [x], attributes);
      const outputs = [
        makeNode("conv", [x, w], attributes),
        makeNode("convData", [g, w], { ...attributes, size }),
        makeNode("convWeight", [x, g], attributes),
        index,
        makeNode("windowGather", [x, index], attributes),
        makeNode("windowScatter", [index, pooled], { ...attributes, size }),
        makeNode("windowSum", [x], attributes),
        makeNode("windowSpread", [pooled], { ...attributes, size }),
      ];
      const expanded = expand({ inputs: [x, w, g, pooled], states: [], outputs });
      assert.deepEqual(
        expanded.outputs.map(({ shape }) => shape),
        outputs.map(({ shape }) => shape),
      );
      const left = topologicalOrder(expanded.outputs).filter(
        (node) =>
          node.op.startsWith("window") ||
          node.op === "convData" ||
          (isOp(node, "conv") && (node.attributes.window.length !== 2 || node.attributes.groups !== 1)) ||
          (isOp(node, "convWeight") && node.attributes.parts === undefined),
      );
      assert.deepEqual(left, []);
    }),
    { numRuns: 60 },
  );
});

test("a window of one element is a matrix product, with a stride or padding it is none", () => {
  const x = inputNode("x", [2, 6, 6, 4]);
  const kinds = (attributes: WindowAttributes) => {
    const nodes = written(convolution(x, 8, { ...attributes, groups: 1 }));
    return [count(nodes, "matmul"), count(nodes, "conv")];
  };
  assert.deepEqual(kinds(same(2, 1, 1)), [1, 0]);
  assert.deepEqual(kinds(same(2, 1, 2)), [0, 1]);
  assert.deepEqual(kinds({ ...same(2, 1, 1), before: [1, 0] }), [0, 1]);
});

test("a group of one channel is no convolution, other groups are one each", () => {
  const x = inputNode("x", [2, 6, 6, 4]);
  const kinds = (groups: number) => {
    const nodes = written(convolution(x, 8, { ...same(2, 3, 1), groups }));
    return [count(nodes, "conv"), count(nodes, "mul")];
  };
  assert.deepEqual(kinds(1), [1, 0]);
  assert.deepEqual(kinds(2), [2, 0]);
  assert.deepEqual(kinds(4), [0, 9]);
});

test("the data gradient of a strided convolution multiplies nothing by the zeros between positions", () => {
  for (const stride of [1, 2, 3, 4]) {
    const attributes = { ...same(2, 3, stride), groups: 1 };
    const [batch, length, channels, units] = [2, 13, 5, 7] as const;
    const x = inputNode("x", [batch, length, length, channels]);
    const y = convolution(x, units, attributes);
    const size = [length, length];
    const data = makeNode("convData", [inputNode("g", y.shape), y.inputs[1] as Node], { ...attributes, size });
    // every tap reaches the positions of one phase on either axis
    const positions = batch * Math.ceil(length / stride) ** 2;
    assert.equal(products(written(data)), positions * 9 * channels * units, `stride ${stride}`);
  }
});

test("large windows are worked off one axis after the other", () => {
  const x = inputNode("x", [1, 40, 40, 2]);
  const attributes = same(2, 15, 1);
  assert.equal(count(written(makeNode("windowSum", [x], attributes)), "add"), 28);
  const index = makeNode("windowArgmax", [x], attributes);
  assert.equal(count(written(makeNode("windowGather", [x, index], attributes)), "max"), 28);
});

test("the largest alone needs no index; with an index of other values or other windows it does", () => {
  const [x, other] = [inputNode("x", [1, 8, 8, 2]), inputNode("other", [1, 8, 8, 2])];
  const attributes = same(2, 3, 2);
  const index = makeNode("windowArgmax", [x], attributes);
  const selects = (source: Node, windows: WindowAttributes) =>
    count(written(makeNode("windowGather", [source, index], windows)), "select") > 0;
  assert.equal(selects(x, attributes), false);
  assert.equal(selects(other, attributes), true);
  assert.equal(selects(x, { ...attributes, before: [0, 0], after: [2, 2] }), true);
});
