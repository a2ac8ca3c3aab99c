import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { difference, randomCase, runOn } from "./cases.ts";

test("gradients of random functions are the same on wasm as by definition", () => {
  const reference = createReferenceBackend();
  const backend = createWasmBackend({ threads: 2 });
  for (let seed = 400; seed < 430; seed++) {
    const { graph, values } = randomCase(seed, 8);
    const floats = graph.outputs.filter(({ dtype }) => dtype === "float32");
    const total = floats.map((node) => new Tensor(node).mean()).reduce((sum, value) => sum.add(value));
    const outputs = [total.node, ...gradients(total.node, graph.inputs.slice(0, 3))];
    const example = { graph: { ...graph, outputs }, values };
    const fault = difference(runOn(reference, example), runOn(backend, example), 1e-3, example.graph);
    assert.equal(fault, undefined, `seed ${seed}: ${fault}`);
  }
  backend.dispose();
});
