import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../../src/autodiff/gradients.ts";
import { verifyBounds } from "../../../src/codegen/bounds.ts";
import { type Kernel, type MatmulKernel, readNodes, writtenNodes } from "../../../src/compiler/kernel.ts";
import { planMemory } from "../../../src/compiler/memory.ts";
import { prepared } from "../../../src/compiler/pipeline.ts";
import { schedule } from "../../../src/compiler/schedule.ts";
import type { Graph, Node } from "../../../src/graph/node.ts";
import { fuseMatmulEpilogues } from "../../../src/lowering/vector/fuse-matmul.ts";
import { gelu } from "../../../src/nn/activations/gated.ts";
import { Tensor } from "../../../src/tensor/tensor.ts";
import { placeProgram, TARGETS } from "../../codegen/place-program.ts";
import { inputNode } from "../../engine/cases.ts";
import { epilogueCase } from "../../engine/epilogue-cases.ts";

const target = TARGETS.find(({ name }) => name === "wasm128") as (typeof TARGETS)[number];

const tensor = (name: string, ...shape: number[]) => new Tensor(inputNode(name, shape));

/** Results, or next values of states by the states they belong to. */
interface Step {
  readonly outputs?: readonly Tensor[];
  readonly states?: readonly (readonly [Tensor, Tensor])[];
}

function planOf({ outputs = [], states = [] }: Step, threads = 2) {
  const graph = prepared({
    inputs: [],
    states: states.map(([state, next]) => ({ input: state.node as Node<"input">, next: next.node })),
    outputs: outputs.map(({ node }) => node),
  } satisfies Graph);
  const scheduled = fuseMatmulEpilogues(schedule(graph), target, threads);
  return { kernels: scheduled.kernels, planned: planMemory(graph, scheduled).kernels };
}

const kernelsOf = (step: Step, threads?: number): readonly Kernel[] => planOf(step, threads).kernels;

/** The products of a step, and the loops that are kernels of their own. */
function count(kernels: readonly Kernel[]) {
  const products = kernels.filter((kernel): kernel is MatmulKernel => kernel.kind === "matmul");
  const epilogues = products.flatMap(({ epilogue }) => epilogue ?? []);
  return { products: products.length, epilogues, loops: kernels.filter(({ kind }) => kind === "loop").length };
}

const [x, w, bias] = [tensor("x", 12, 20), tensor("w", 20, 30), tensor("bias", 30)];

test("bias and activation run in the product's kernel, and the product is not written", () => {
  const { products, epilogues, loops } = count(kernelsOf({ outputs: [x.matmul(w).add(bias).relu()] }));
  assert.equal(products, 1);
  assert.equal(loops, 0);
  assert.deepEqual(
    epilogues.map(({ isProductStored, isTransposed }) => ({ isProductStored, isTransposed })),
    [{ isProductStored: false, isTransposed: false }],
  );
});

test("GELU of rows in a shape of their own runs in the product's kernel, and leaves its derivative as one array", () => {
  const rows = x.matmul(w).add(bias).reshape([3, 4, 30]);
  const activated = gelu(rows);
  const cotangent = tensor("g", 3, 4, 30);
  const [slope] = gradients(activated.node, [rows.node], cotangent.node) as [Node];
  const next = (value: Tensor) => value.reshape([12, 30]).matmul(tensor("v", 30, 5));
  const { products, epilogues, loops } = count(kernelsOf({ outputs: [next(activated), next(new Tensor(slope))] }));
  // the loop that is left multiplies the derivative by the cotangent
  assert.deepEqual([products, loops], [3, 1]);
  assert.equal(epilogues[0]?.loop.nodes.filter(({ isStored }) => isStored).length, 2);
});

/** Four gates of a cell, each with its columns of one product. */
function gates(units: number): Tensor {
  const z = x.matmul(tensor("gates", 20, 4 * units)).add(tensor("offsets", 4 * units));
  const gate = (index: number) => z.slice(1, index * units, (index + 1) * units);
  return gate(0).sigmoid().mul(gate(2).tanh()).add(gate(1).sigmoid()).mul(gate(3));
}

test("gates run in the kernel of their product, each on its columns, and the product is not written", () => {
  const { products, epilogues, loops } = count(kernelsOf({ outputs: [gates(16)] }));
  assert.deepEqual([products, loops], [1, 0]);
  assert.deepEqual(
    epilogues.map(({ isProductStored, groups }) => ({ isProductStored, groups })),
    [{ isProductStored: false, groups: 4 }],
  );
});

test("gates whose columns are no whole strips are a loop of their own", () => {
  const { products, epilogues, loops } = count(kernelsOf({ outputs: [gates(15)] }));
  assert.deepEqual([products, epilogues.length, loops], [1, 0, 1]);
});

test("loops that read one product and nothing of each other are one, and run in its kernel", () => {
  const product = x.matmul(w);
  const { epilogues, loops } = count(kernelsOf({ outputs: [product.mul(tensor("p", 12, 30)), product.exp()] }));
  assert.deepEqual([epilogues.length, loops, epilogues[0]?.isProductStored], [1, 0, false]);
});

test("a product that others read, too, is written as well", () => {
  const product = x.matmul(w);
  for (const other of [product, product.max(1), product.matmul(tensor("v", 30, 5))]) {
    const { epilogues } = count(kernelsOf({ outputs: [product.add(bias).relu().mul(product), other] }));
    assert.ok(epilogues.length > 0);
    assert.ok(epilogues[0]?.isProductStored);
  }
});

test("a product whose sums are taken in several goes keeps them in its array", () => {
  const { epilogues } = count(
    kernelsOf({
      outputs: [
        tensor("a", 12, 600)
          .matmul(tensor("b", 600, 30))
          .tanh(),
      ],
    }),
  );
  assert.deepEqual(
    epilogues.map(({ isProductStored }) => isProductStored),
    [true],
  );
});

test("sums over the rows run in the product's kernel, sums along them do not", () => {
  const product = x.matmul(w);
  const normal = product.sub(product.mean(0, true));
  assert.equal(count(kernelsOf({ outputs: [normal] })).epilogues.length, 1);
  assert.equal(count(kernelsOf({ outputs: [product.sub(product.mean(1, true))] })).epilogues.length, 0);
  // more rows than are kept in one block
  const tall = tensor("a", 600, 20).matmul(w);
  assert.equal(count(kernelsOf({ outputs: [tall.sub(tall.mean(0, true))] })).epilogues.length, 0);
});

test("sums over the rows of a large product are left alone where there are fewer columns than threads could use", () => {
  const product = tensor("a", 256, 300).matmul(tensor("b", 300, 8));
  const step = { outputs: [product.sub(product.mean(0, true))] };
  assert.equal(count(kernelsOf(step, 1)).epilogues.length, 1);
  assert.equal(count(kernelsOf(step, 4)).epilogues.length, 0);
});

test("a gradient that is read transposed is computed transposed, and the weight is updated where it lies", () => {
  const [weight, moment, dy] = [tensor("weight", 30, 20), tensor("moment", 30, 20), tensor("dy", 12, 30)];
  const gradient = x.transpose().matmul(dy).transpose();
  const next = moment.mul(0.9).add(gradient.mul(0.1));
  const { kernels, planned } = planOf({
    states: [
      [weight, weight.sub(next.mul(0.01))],
      [moment, next],
    ],
  });
  const { products, epilogues, loops } = count(kernels);
  assert.deepEqual([products, epilogues.length, loops], [1, 1, 0]);
  assert.deepEqual([epilogues[0]?.isTransposed, epilogues[0]?.isProductStored], [true, false]);
  assert.equal(planned.length, kernels.length, "no state needs a copy");
});

test("a transposed product that others read as it is stays as it is", () => {
  const product = x.matmul(w);
  const { epilogues } = count(kernelsOf({ outputs: [product.transpose().add(tensor("t", 30, 12)), product] }));
  assert.equal(epilogues.length, 0);
});

test("a product read at other positions than its own is no epilogue's", () => {
  const square = tensor("a", 20, 20).matmul(tensor("b", 20, 20));
  for (const value of [
    square.add(square.transpose()),
    square.slice(0, 1, 20).tanh(),
    square.slice(0, 0, 1).add(square),
    square.reshape([400]).mul(tensor("t", 400)).reshape([10, 40]),
  ])
    assert.equal(count(kernelsOf({ outputs: [value] })).epilogues.length, 0, value.shape.join("x"));
});

test("a factor of the product is not written over while the product is being made", () => {
  const [a, b] = [tensor("a", 20, 20), tensor("b", 20, 20)];
  for (const product of [a.matmul(b), b.matmul(a), b.matmul(a.transpose())]) {
    const { kernels, planned } = planOf({ states: [[a, a.sub(product.mul(0.1))]] });
    assert.deepEqual([count(kernels).epilogues.length, count(kernels).loops], [0, 1]);
    assert.equal(planned.length, kernels.length, "so that the state is updated in place");
  }
});

test("a loop that needs the product through another kernel as well stays apart", () => {
  const square = tensor("a", 20, 20).matmul(tensor("b", 20, 20));
  const through = square.matmul(tensor("c", 20, 20));
  const { products, epilogues } = count(kernelsOf({ outputs: [square.add(through)] }));
  assert.deepEqual([products, epilogues.length], [2, 1]);
  // it goes with the later product, which needs the earlier one
  const [kernel] = kernelsOf({ outputs: [square.add(through)] }) as [MatmulKernel];
  assert.equal(kernel.epilogue, undefined);
});

test("of two products that do not need each other the loop takes one, and the other comes before", () => {
  const sum = x
    .matmul(w)
    .add(tensor("y", 12, 9).matmul(tensor("u", 9, 30)))
    .tanh();
  const kernels = kernelsOf({ outputs: [sum] });
  assert.equal(kernels.length, 2);
  assert.deepEqual(
    kernels.map((kernel) => kernel.kind === "matmul" && kernel.epilogue !== undefined),
    [false, true],
  );
});

test("who reads a state's old value comes before the kernel that writes over it, as it did apart", () => {
  const [weight, dy] = [tensor("weight", 20, 30), tensor("dy", 12, 30)];
  const back = dy.matmul(weight.transpose());
  const step = {
    states: [[weight, weight.sub(x.transpose().matmul(dy).mul(0.1))]] as const,
    outputs: [back.tanh().sum(1)],
  };
  const { kernels, planned } = planOf(step);
  assert.equal(planned.length, kernels.length);
  const writer = kernels.findIndex(
    (kernel) => kernel.kind === "matmul" && kernel.epilogue && kernel.left.base === x.node,
  );
  const reader = kernels.findIndex((kernel) => kernel.kind === "matmul" && kernel.right.base === weight.node);
  assert.ok(writer > reader && reader >= 0, `the weight is read by kernel ${reader} and written by kernel ${writer}`);
});

test("kernels with epilogues come after the kernels that they need", () => {
  for (let seed = 0; seed < 60; seed++) {
    const graph = prepared(epilogueCase(seed).graph);
    const written = new Set<Node>();
    for (const kernel of fuseMatmulEpilogues(schedule(graph), target, 2).kernels) {
      for (const node of readNodes(kernel)) {
        const isResident = node.op === "input" || node.op === "literal";
        const isOwn = writtenNodes(kernel).includes(node);
        assert.ok(isResident || isOwn || written.has(node), `seed ${seed}: ${node.op} is read before it is written`);
      }
      for (const node of writtenNodes(kernel)) written.add(node);
    }
  }
});

test("no kernel with an epilogue touches memory outside of the plan", () => {
  for (let seed = 0; seed < 40; seed++) {
    for (const wide of TARGETS) {
      const threads = 1 + (seed % 3);
      const { program, regions } = placeProgram(epilogueCase(seed).graph, wide, threads);
      verifyBounds(program, regions, threads);
    }
  }
});
