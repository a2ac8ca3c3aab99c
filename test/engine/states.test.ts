import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import type { Graph, Node } from "../../src/graph/node.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "./backends.ts";
import { difference, inputNode, randomValues } from "./cases.ts";
import { mulberry } from "./random-graph.ts";

/** From matrices a and b and a row r, which follow as states in this order; those not given stay as they are. */
type Step = (
  a: Tensor,
  b: Tensor,
  r: Tensor,
) => { readonly next: readonly Tensor[]; readonly outputs?: readonly Tensor[] };

/** Updates that go wrong when old values are overwritten before everyone has read them. */
const STEPS: Readonly<Record<string, Step>> = {
  "values change places": (a, b) => ({ next: [b, a] }),
  "values change places and move": (a, b) => ({ next: [b.mul(0.5), a.add(1)] }),
  "a transposed old value enters the new one": (a, b) => ({ next: [a.add(a.transpose()).mul(0.5), b] }),
  "a product of the old value with itself": (a, b) => ({ next: [a.matmul(a).tanh(), b.matmul(a.transpose()).tanh()] }),
  "a later pass reads the old value": (a, b) => ({ next: [a.sub(a.mean(0, true)), b.sub(b.mean(1, true))] }),
  "an output reads the old value after the update": (a, b) => ({
    next: [a.mul(0.9), b.sub(a)],
    outputs: [a, a.sum(), a.transpose().matmul(b), b.max(0)],
  }),
  "an output reads the new value": (a, b) => {
    const next = a.mul(0.9).add(0.1);
    return { next: [next, b], outputs: [next, next.sub(a).square().sum(), next.matmul(b)] };
  },
  "one value becomes both": (a, b) => {
    const next = a.add(b).mul(0.5);
    return { next: [next, next], outputs: [next] };
  },
  "a reduction of the new value in the same kernel": (a, b) => {
    const next = a.sub(b.mul(0.1));
    return { next: [next, b.add(next.mean(0, true)).mul(0.5)], outputs: [next.sum(0), a.sum(0)] };
  },
  "shifted rows of the old value": (a, b) => ({
    next: [a.slice(0, 1).pad([[0, 1], [0, 0]]), b.slice(1, 0, -1).pad([[0, 0], [1, 0]])], // biome-ignore format: pairs read better in a row
  }),
  "a later pass over columns computes something of the old value again": (a) => {
    const next = a.mul(2).clip(-1, 1);
    return { next: [next], outputs: [a.add(1).mul(next.sum(0, true))] };
  },
  "a later pass over rows computes something of the old value again": (a) => {
    const next = a.mul(2).clip(-1, 1);
    return { next: [next], outputs: [a.add(1).mul(next.sum(1, true))] };
  },
  "columns of products of the old value are added up while the new one is written": (a, b, r) => {
    const next = b.add(r);
    return { next: [next], outputs: [next.mul(a).sum(0)] };
  },
  "rows of products of the old value are added up while the new one is written": (a, b, r) => {
    const next = b.add(r);
    return { next: [next], outputs: [next.mul(a).sum(1)] };
  },
  "a running statistic whose old value is used beside the new one": (a, b, r) => {
    const mean = a.mean(0);
    return { next: [a, b, mean.mul(0.1)], outputs: [a.sub(r.add(mean))] };
  },
  "a running statistic whose old value is used in a later pass": (a, b, r) => {
    const mean = a.mean(0);
    const centred = a.sub(mean);
    const variance = centred.square().mean(0);
    const scaled = centred.div(variance.add(1).sqrt()).add(r.mul(mean));
    return { next: [a.mul(0.9), b.add(scaled).mul(0.5), r.mul(0.9).add(mean.mul(0.1))], outputs: [r, scaled] };
  },
  "a row replaced by a row of a matrix that changes": (a, b, r) => ({
    next: [a.add(r), b.mul(r.sum()), a.slice(0, 1, 2).flatten()],
    outputs: [r.mul(2)],
  }),
  "the transposed other": (a, b) => ({ next: [b.transpose(), a.transpose()], outputs: [a.matmul(b)] }),
  "two views of one value": (a, b) => {
    const next = a.mul(b).tanh();
    return { next: [next, next.transpose()], outputs: [next.sum(0), next] };
  },
  "a constant, and nothing": (a, b) => ({ next: [a.mul(0).add(3), b], outputs: [a, b] }),
};

async function run(backend: Backend, step: Step, size: number): Promise<HostArray[]> {
  const random = mulberry(size);
  const inputs = [inputNode("a", [size, size]), inputNode("b", [size, size]), inputNode("r", [size])];
  const { next, outputs = [] } = step(...(inputs.map((node) => new Tensor(node)) as [Tensor, Tensor, Tensor]));
  const graph: Graph = {
    inputs: [],
    states: inputs.map((input, index) => ({ input, next: next[index]?.node ?? input })),
    outputs: outputs.map(({ node }) => node),
  };
  const states = inputs.map(({ shape, dtype }) => {
    const array = backend.allocate(shape, dtype);
    array.write(randomValues(random, shape));
    return array;
  });
  const executable = await backend.compile(graph, states);
  const seen: HostArray[] = [];
  for (let turn = 0; turn < 3; turn++)
    seen.push(...(await executable.run([])), ...(await Promise.all(states.map((state) => state.read()))));
  executable.dispose();
  for (const state of states) state.dispose();
  return seen;
}

const reference = createReferenceBackend();
const backends = [1, 2].flatMap((threads) => [
  ...compiledBackends({ threads }),
  ...compiledBackends({ threads, fuse: false }),
]);

for (const [name, step] of Object.entries(STEPS)) {
  test(`states: ${name}`, async () => {
    for (const size of [3, 8, 37]) {
      const expected = await run(reference, step, size);
      for (const backend of backends) {
        const outputs: Node[] = expected.map(({ shape }) => inputNode("value", shape));
        const fault = difference(expected, await run(backend, step, size), 1e-5, { inputs: [], states: [], outputs });
        assert.equal(fault, undefined, `${backend.description}, size ${size}: ${fault}`);
      }
    }
  });
}

test("a program refuses to run once a state that it updates was disposed", async () => {
  for (const backend of [reference, ...backends]) {
    const input = inputNode("a", [4]);
    const state = backend.allocate([4], "float32");
    const executable = await backend.compile(
      { inputs: [], states: [{ input, next: new Tensor(input).add(1).node }], outputs: [] },
      [state],
    );
    await executable.run([]);
    state.dispose();
    await assert.rejects(async () => await executable.run([]), { code: "disposed" });
  }
});
