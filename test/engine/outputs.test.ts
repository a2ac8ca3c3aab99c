import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import type { Graph, Node } from "../../src/graph/node.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { concat, full, range, tensor } from "../../src/tensor/create.ts";
import { randomBits, randomKey } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "./backends.ts";
import { difference, inputNode, randomValues } from "./cases.ts";
import { mulberry } from "./draw.ts";

const reference = createReferenceBackend();
const backends = [1, 2].flatMap((threads) => [
  ...compiledBackends({ threads }),
  ...compiledBackends({ threads, fuse: false }),
]);
after(() => {
  for (const backend of backends) backend.dispose();
});

const x = inputNode("x", [3, 5]);
const unused = inputNode("unused", [2]);
const [a, b] = [inputNode("a", [3, 5]), inputNode("b", [3, 5])] as const;
const [xt, at, bt] = [x, a, b].map((node) => new Tensor(node)) as [Tensor, Tensor, Tensor];
const table = tensor([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [0, 0, 1, 0, 0]]); // biome-ignore format: a table
const same = xt.tanh();

/** Everything that a result or a state's next value can be besides something computed. */
const RESULTS: Readonly<Record<string, readonly Tensor[]>> = {
  "inputs as they are, twice": [xt, xt],
  "an input that only gives its shape": [new Tensor(unused)],
  "literals, constants, positions, random words": [
    table,
    full([3, 5], 2),
    full([], 7, "int32"),
    range(4),
    randomBits(randomKey(1), [6]),
  ],
  "views of inputs": [xt.transpose(), xt.reshape([15]), xt.slice(0, 1), xt.broadcastTo([2, 3, 5])],
  "views of what is computed": [same.transpose(), same, same.flatten(), same.slice(1, 2)],
  "one value under several names": [same, same, same.reshape([3, 5]), same.mul(1)],
  "parts and the whole": [concat([xt, same]), same, concat([same, same], 1).sum(0)],
  "states before the step": [at, bt, at.transpose()],
};

/** Next values of a and b. */
const NEXT: Readonly<Record<string, readonly [Tensor, Tensor]>> = {
  "as they are": [at, bt],
  "an input": [xt, xt],
  "a literal and a constant": [table, full([3, 5], 0.5)],
  "an output": [same, same.mul(2)],
  "each other": [bt, at],
  "random and positions": [
    randomBits(randomKey(3), [3, 5]).shiftRight(8).cast("float32"),
    range(15).reshape([3, 5]).cast("float32"),
  ],
  "views of themselves": [at.transpose().reshape([3, 5]), concat([bt.slice(0, 1), bt.slice(0, 0, 1)])],
};

async function run(
  backend: Backend,
  outputs: readonly Tensor[],
  next: readonly [Tensor, Tensor],
): Promise<HostArray[]> {
  const random = mulberry(4);
  const [fed, first, second] = [x, a, b].map(({ shape }) => randomValues(random, shape)) as [
    HostArray,
    HostArray,
    HostArray,
  ];
  const states = [first, second].map((value) => {
    const array = backend.allocate(value.shape, value.dtype);
    array.write(value);
    return array;
  });
  const graph: Graph = {
    inputs: [x, unused],
    states: [a, b].map((input, index) => ({ input, next: (next[index] as Tensor).node })),
    outputs: outputs.map(({ node }) => node),
  };
  const executable = await backend.compile(graph, states);
  const seen: HostArray[] = [];
  for (let turn = 0; turn < 2; turn++) {
    seen.push(...(await executable.run([fed, { shape: [2], dtype: "float32", data: Float32Array.of(1, 2) }])));
    seen.push(...(await Promise.all(states.map((state) => state.read()))));
  }
  executable.dispose();
  for (const state of states) state.dispose();
  return seen;
}

for (const [name, outputs] of Object.entries(RESULTS)) {
  test(`outputs: ${name}; states become whatever there is`, async () => {
    for (const [becomes, next] of Object.entries(NEXT)) {
      const expected = await run(reference, outputs, next);
      const nodes: Node[] = expected.map(({ shape, dtype }) => inputNode("value", shape, dtype));
      for (const backend of backends) {
        const fault = difference(expected, await run(backend, outputs, next), 1e-5, {
          inputs: [],
          states: [],
          outputs: nodes,
        });
        assert.equal(fault, undefined, `${backend.description}, states become ${becomes}: ${fault}`);
      }
    }
  });
}
