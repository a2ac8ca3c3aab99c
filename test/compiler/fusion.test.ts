import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import type { Kernel } from "../../src/compiler/kernel.ts";
import { planMemory } from "../../src/compiler/memory.ts";
import { schedule } from "../../src/compiler/schedule.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import { mapTree, type Tree, treeLeaves } from "../../src/core/tree.ts";
import type { Graph, Node } from "../../src/graph/node.ts";
import { batchNorm, dropout, leakyRelu, linear } from "../../src/nn/construct.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import { sequential } from "../../src/nn/model.ts";
import { createOptimizer } from "../../src/optim/optimizers.ts";
import { applyUpdates } from "../../src/optim/transform.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import { nextKey, randomKey } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputNode } from "../engine/cases.ts";

function kernelsOf(outputs: readonly Node[]): readonly Kernel[] {
  return schedule(simplify({ inputs: [], states: [], outputs })).kernels;
}

const tensorOf = (name: string, shape: readonly number[], dtype: Node["dtype"] = "float32") =>
  new Tensor(inputNode(name, shape, dtype));

test("batch normalisation, LeakyReLU and dropout are one kernel", () => {
  const model = sequential([batchNorm(), leakyRelu(), dropout(0.3)], { inputShape: [32] });
  const { parameters, buffers } = model.initialize(1);
  const x = tensorOf("x", [16, 32]);
  const { output } = model.apply({ parameters, buffers }, x, { training: true, key: randomKey(1) });
  const loops = kernelsOf([output.node]).filter((kernel) => kernel.kind === "loop" && kernel.domain.length === 2);
  assert.equal(loops.length, 1);
});

test("a chain of element-wise operations is one kernel that reads and writes once", () => {
  const [x, y] = [tensorOf("x", [50, 7]), tensorOf("y", [7])];
  const [kernel, ...others] = kernelsOf([x.mul(y).add(1).tanh().sub(x).exp().node]);
  assert.equal(others.length, 0);
  assert.ok(kernel?.kind === "loop");
  assert.equal(kernel.nodes.filter(({ isStored }) => isStored).length, 1);
});

test("softmax cross-entropy and its gradient pass over the logits in one kernel", () => {
  const [logits, labels] = [inputNode("logits", [64, 10]), tensorOf("labels", [64], "int32")];
  const loss = computeLoss("softmaxCrossEntropy", new Tensor(logits), labels);
  const kernels = kernelsOf([loss.node, ...gradients(loss.node, [logits])]);
  const wide = kernels.filter((kernel) => kernel.kind === "loop" && kernel.domain.length === 2);
  assert.equal(wide.length, 1, `${wide.length} kernels over the logits`);
});

test("an optimiser's update is one kernel a parameter", () => {
  const [w, g, m] = [tensorOf("w", [20, 30]), tensorOf("g", [20, 30]), tensorOf("m", [20, 30])];
  const moment = m.mul(0.9).add(g.mul(0.1));
  const kernels = kernelsOf([moment.node, w.sub(moment.mul(0.01)).node]);
  assert.equal(kernels.length, 1);
});

test("a large sum does not depend on the number of threads: rows first, then their sums", () => {
  const kernels = kernelsOf([tensorOf("x", [100, 100]).sum().node]);
  assert.deepEqual(
    kernels.map((kernel) => kernel.kind === "loop" && kernel.domain),
    [[100, 100], [100]],
  );
});

/** A whole training step: forward, loss, gradients, Adam, all state updated. */
function stepOf(layers: readonly LayerInput[], features: number, batch: number): Graph {
  const model = sequential(layers, { inputShape: [features] });
  const { parameters, buffers } = model.initialize(1);
  const optimizer = createOptimizer("adam");
  const states: { readonly input: Node<"input">; next: Node }[] = [];
  const placed = (tree: Tree<Tensor>): Tree<Tensor> =>
    mapTree(tree, ({ shape, dtype }, path) => {
      const input = inputNode(path, shape, dtype);
      states.push({ input, next: input });
      return new Tensor(input);
    });
  const state = placed({ parameters, buffers, optimizer: optimizer.init(parameters), key: randomKey(1) }) as {
    readonly parameters: typeof parameters;
    readonly buffers: typeof buffers;
    readonly optimizer: Tree<Tensor>;
    readonly key: Tensor;
  };
  const [x, labels] = [inputNode("x", [batch, features]), inputNode("labels", [batch], "int32")];
  const { value, auxiliary, gradient } = valueAndGrad((current: typeof parameters) => {
    const applied = model.apply({ parameters: current, buffers: state.buffers }, new Tensor(x), {
      training: true,
      key: state.key,
    });
    return { value: computeLoss("softmaxCrossEntropy", applied.output, new Tensor(labels)), auxiliary: applied };
  })(state.parameters);
  const update = optimizer.update(gradient, state.optimizer, state.parameters, {});
  const after = {
    parameters: applyUpdates(state.parameters, update.updates),
    buffers: auxiliary.buffers,
    optimizer: update.state,
    key: nextKey(state.key),
  };
  treeLeaves<Tensor>(after).forEach(({ leaf }, index) => {
    (states[index] as { next: Node }).next = leaf.node;
  });
  return { inputs: [x, labels], states, outputs: [value.node] };
}

/** Kernels of a step by kind, and how many of its states need a copy. */
function countKernels(graph: Graph) {
  const simple = simplify(graph);
  const scheduled = schedule(simple);
  const loops = scheduled.kernels.filter(({ kind }) => kind === "loop").length;
  const products = scheduled.kernels.filter(({ kind }) => kind === "matmul").length;
  return { products, loops, copies: planMemory(simple, scheduled).kernels.length - scheduled.kernels.length };
}

test("a step of two linear layers: no product too many, one loop a parameter and few others, no copy of a state", () => {
  const { products, loops, copies } = countKernels(stepOf([linear(64), "leakyRelu", linear(10)], 20, 32));
  // forward two, gradients of both weights, and of what lies between the layers; the input's gradient is nobody's
  assert.equal(products, 5);
  assert.equal(copies, 0);
  // the random key, activation, loss, its mean, its gradient's column sums twice, Adam's corrections, four parameters
  assert.ok(loops <= 11, `${loops} loops`);
});

test("batch normalisation and dropout add three loops to a step", () => {
  const layers = [linear(64), batchNorm(), "leakyRelu", dropout(0.3), linear(10)] as const;
  const { products, loops, copies } = countKernels(stepOf(layers, 20, 32));
  assert.equal(products, 5);
  assert.equal(copies, 0);
  // scale and shift are parameters, too; statistics are updated where they are taken
  assert.ok(loops <= 14, `${loops} loops`);
});
