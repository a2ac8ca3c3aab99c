import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "./backends.ts";
import { difference, randomCase, runOn } from "./cases.ts";

test("gradients of random functions are the same on wasm and native as by definition", async () => {
  const reference = createReferenceBackend();
  const backends = compiledBackends({ threads: 2 });
  let differentiated = 0;
  for (let seed = 400; seed < 430; seed++) {
    const { graph, values } = randomCase(seed, 8);
    const floats = graph.outputs.filter(({ dtype }) => dtype === "float32");
    // what is discrete has no gradient
    if (floats.length === 0) continue;
    differentiated++;
    const total = floats.map((node) => new Tensor(node).mean()).reduce((sum, value) => sum.add(value));
    const outputs = [total.node, ...gradients(total.node, graph.inputs.slice(0, 3))];
    const example = { graph: { ...graph, outputs }, values };
    const expected = await runOn(reference, example);
    for (const backend of backends) {
      const fault = difference(expected, await runOn(backend, example), 1e-3, example.graph);
      assert.equal(fault, undefined, `${backend.description}, seed ${seed}: ${fault}`);
    }
  }
  assert.ok(differentiated >= 25, "nearly all of the graphs have a gradient");
  for (const backend of backends) backend.dispose();
});
