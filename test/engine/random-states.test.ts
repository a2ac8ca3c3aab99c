import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { sameShape } from "../../src/core/shape.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Graph, Node } from "../../src/graph/node.ts";
import { printGraph } from "../../src/graph/print.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { difference, inputNode, randomValues } from "./cases.ts";
import { Draw, type Maker, mulberry } from "./draw.ts";

interface StateCase {
  readonly graph: Graph;
  readonly first: readonly HostArray[];
  readonly fed: HostArray;
}

/** Few operations over few shapes, so that most of them land in one kernel: whole matrices meet their own sums over rows and columns. */
const MAKERS: readonly Maker[] = [
  (a, draw) => a.add(draw.partner(a)).mul(0.5),
  (a, draw) => a.sub(draw.partner(a)).mul(0.7),
  (a, draw) => a.mul(draw.partner(a)),
  (a) => a.add(1),
  (a) => a.mul(0.9),
  (a) => a.tanh(),
  (a) => a.exp().add(1).log(),
  (a) => (a.rank === 2 ? a.mean(0) : undefined),
  (a) => (a.rank === 2 ? a.mean(1, true) : undefined),
  (a) => (a.rank > 0 ? a.max(a.rank - 1, true) : undefined),
  (a) => (a.rank > 0 ? a.mean() : undefined),
  (a, draw) => (a.rank === 2 ? a.mul(draw.partner(a)).mean(0) : undefined),
  (a, draw) => (a.rank === 2 ? a.mul(draw.partner(a)).mean(1, true) : undefined),
  (a) => (a.rank === 2 && a.shape[0] === a.shape[1] ? a.transpose() : undefined),
];

/** States shaped like matrices, rows, columns and scalars, whose next values are drawn from a random graph over all of them: old values are
 *  read before, beside and after the place where the new ones are written. */
function stateCase(seed: number): StateCase {
  const random = mulberry(seed);
  const rows = 1 + Math.floor(random() * 20);
  const columns = random() < 0.3 ? rows : 1 + Math.floor(random() * 20);
  const shapes = [[rows, columns], [rows, columns], [columns], [rows, 1], []];
  const states = shapes.map((shape, index) => inputNode(`s${index}`, shape));
  const x = inputNode("x", [rows, columns]);
  const leaves = [...states, x].map((node) => new Tensor(node));
  const draw = new Draw(random, leaves);
  const steps = leaves.length + 3 + draw.integer(10);
  while (draw.pool.length < steps) {
    const result = draw.pick(MAKERS)(draw.pick(draw.pool), draw);
    if (result) draw.pool.push(result.clip(-4, 4));
  }
  const next = states.map((state) => {
    const alike = draw.pool.filter(({ shape }) => sameShape(shape, state.shape));
    const chosen = draw.pick(alike);
    return draw.chance(0.6) ? chosen : chosen.mul(0.5).add(draw.pick(alike).mul(0.3));
  });
  const outputs = draw.pool.filter(() => draw.chance(0.3));
  return {
    graph: {
      inputs: [x],
      states: states.map((input, index) => ({ input, next: (next[index] as Tensor).node })),
      outputs: outputs.map(({ node }) => node),
    },
    first: shapes.map((shape) => randomValues(random, shape)),
    fed: randomValues(random, x.shape),
  };
}

/** Outputs and states of three runs. */
function threeRuns(backend: Backend, { graph, first, fed }: StateCase): HostArray[] {
  const states = first.map((value) => {
    const array = backend.allocate(value.shape, value.dtype);
    array.write(value);
    return array;
  });
  const executable = backend.compile(graph, states);
  const seen: HostArray[] = [];
  for (let turn = 0; turn < 3; turn++) seen.push(...executable.run([fed]), ...states.map((state) => state.read()));
  executable.dispose();
  for (const state of states) state.dispose();
  return seen;
}

const SEEDS = Array.from({ length: 140 }, (_, seed) => seed);
const reference = createReferenceBackend();
const backends = {
  fused: createWasmBackend({ threads: 1 }),
  "fused, two threads": createWasmBackend({ threads: 2 }),
  "no SIMD": createWasmBackend({ threads: 1, simd: false }),
  "a kernel for every operation": createWasmBackend({ threads: 1, fuse: false }),
};

const expected = SEEDS.map((seed) => threeRuns(reference, stateCase(seed)));

for (const [name, backend] of Object.entries(backends)) {
  test(`states of random steps are updated as by definition: ${name}`, () => {
    for (const seed of SEEDS) {
      const wanted = expected[seed] as HostArray[];
      const names: Node[] = wanted.map(({ shape, dtype }) => inputNode("value", shape, dtype));
      const example = stateCase(seed);
      // three steps in a row: rounding of the first is carried through the others
      const fault = difference(wanted, threeRuns(backend, example), 1e-3, { inputs: [], states: [], outputs: names });
      assert.equal(fault, undefined, `seed ${seed}: ${fault}\n${printGraph(example.graph)}`);
    }
    backend.dispose();
  });
}
