import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import type { Kernel } from "../../src/compiler/kernel.ts";
import { schedule } from "../../src/compiler/schedule.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import type { Node } from "../../src/graph/node.ts";
import { batchNorm, dropout, leakyRelu } from "../../src/nn/construct.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import { sequential } from "../../src/nn/model.ts";
import { randomKey } from "../../src/tensor/random.ts";
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
