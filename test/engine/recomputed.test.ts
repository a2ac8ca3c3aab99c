import assert from "node:assert/strict";
import { test } from "node:test";
import { gradients } from "../../src/autodiff/gradients.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "./backends.ts";
import { type Case, difference, inputNode, randomValues, runOn } from "./cases.ts";
import { Draw, type Maker, mulberry } from "./draw.ts";

// The gradient of a maximum compares values with their maximum. Both may be computed again in another kernel: if there a product and a sum are
// rounded together, and here apart, nothing is equal to the maximum any more, and its gradient is lost.

const MAKERS: readonly Maker[] = [
  (a, draw) => a.mul(draw.partner(a)),
  (a, draw) => a.add(draw.partner(a)),
  (a, draw) => a.sub(draw.partner(a)),
  (a, draw) => a.mul(draw.partner(a)).add(draw.partner(a)),
  (a, draw) => draw.partner(a).sub(a.mul(draw.partner(a))),
  (a) => a.mul(0.7),
];

function maximumCase(seed: number): Case {
  const random = mulberry(seed);
  const [rows, columns] = [2 + Math.floor(random() * 12), 2 + Math.floor(random() * 30)];
  const shapes = [[rows, columns], [rows, columns], [rows, columns], random() < 0.5 ? [columns] : [rows, 1]];
  const inputs = shapes.map((shape, index) => inputNode(`x${index}`, shape));
  const values = shapes.map((shape) => randomValues(random, shape));
  const draw = new Draw(
    random,
    inputs.map((node) => new Tensor(node)),
  );
  for (let step = 0; step < 6; step++) {
    const result = draw.pick(MAKERS)(draw.pick(draw.pool), draw);
    if (result) draw.pool.push(result);
  }
  const wide = draw.pool.filter(({ rank, shape }) => rank === 2 && shape[1] !== 1);
  const [axis, y] = [draw.integer(2), wide.at(-1) as Tensor];
  const best = y.max(axis, true);
  const weights = inputNode("weights", [best.shape[1] as number, 3]);
  // a matrix product stands between the maximum and its gradient, so that they cannot be one kernel
  const loss = best.matmul(new Tensor(weights)).tanh().sum();
  const others = draw.pool.filter(() => draw.chance(0.3)).map((value) => value.tanh());
  const outputs = [y.argMax(axis), loss, ...others].map(({ node }) => node);
  return {
    graph: { inputs: [...inputs, weights], states: [], outputs: [...outputs, ...gradients(loss.node, inputs)] },
    values: [...values, randomValues(random, weights.shape)],
  };
}

for (const fuse of [true, false]) {
  test(`a maximum finds itself again, ${fuse ? "fused" : "unfused"}`, async () => {
    const reference = createReferenceBackend();
    const backends = compiledBackends({ threads: 1, fuse });
    for (let seed = 0; seed < 120; seed++) {
      const example = maximumCase(seed);
      const expected = await runOn(reference, example);
      for (const backend of backends) {
        const fault = difference(expected, await runOn(backend, example), 1e-3, example.graph);
        assert.equal(fault, undefined, `${backend.description}, seed ${seed}: ${fault}`);
      }
    }
    for (const backend of backends) backend.dispose();
  });
}
