import assert from "node:assert/strict";
import { test } from "node:test";
import { type NetworkWorkload, prepareNetwork, WORKLOADS } from "../../bench/workloads.ts";
import { type Region, verifyBounds } from "../../src/codegen/bounds.ts";
import type { Target, VectorProgram } from "../../src/codegen/program.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { Graph } from "../../src/graph/node.ts";
import { linear, rnn } from "../../src/nn/construct.ts";
import { guardBackend } from "../../src/runtime/guard.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { range, tensor } from "../../src/tensor/create.ts";
import { randomUniform } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputNode, randomCase } from "../engine/cases.ts";
import { stateCase } from "../engine/state-cases.ts";
import { placeProgram, TARGETS } from "./place-program.ts";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed + 3000);

/** Compiles for every target and number of threads, and visits each program with its regions. */
function forEachProgram(
  graph: Graph,
  visit: (program: VectorProgram, regions: readonly Region[], threads: number, target: Target) => void,
): void {
  for (const target of TARGETS) {
    for (const threads of [1, 2, 3]) {
      const { program, regions } = placeProgram(graph, target, threads);
      visit(program, regions, threads, target);
    }
  }
}

function requireAccepted(name: string, graph: Graph): void {
  forEachProgram(graph, (program, regions, threads, target) => {
    try {
      verifyBounds(program, regions, threads);
    } catch (error) {
      assert.fail(`${name}, ${target.name}, ${threads} threads: ${error}`);
    }
  });
}

/** The graph of one training step, intercepted on its way to a backend. */
async function stepOf(network: NetworkWorkload): Promise<Graph> {
  const reference = createReferenceBackend();
  let step: Graph | undefined;
  const backend = guardBackend({
    name: reference.name,
    threads: 1,
    description: "catches the step",
    allocate: (shape, dtype) => reference.allocate(shape, dtype),
    compileNow: (graph, states) => {
      if (graph.inputs.length === 0) return reference.compileNow(graph, states);
      step = graph;
      return {
        run: () => graph.outputs.map(({ shape, dtype }) => ({ shape, dtype, data: new Float64Array(1) })),
        describe: () => "",
        profile: () => [],
        dispose: () => {},
      };
    },
    dispose: () => {},
  });
  const { run } = await prepareNetwork(network, backend);
  run();
  return step as Graph;
}

function product(left: readonly number[], right: readonly number[]): Graph {
  const [a, b] = [inputNode("a", left), inputNode("b", right)];
  return { inputs: [a, b], states: [], outputs: [new Tensor(a).matmul(new Tensor(b)).node] };
}

for (const name of [
  "mlp-4x512",
  "mlp-20x100",
  "mlp-3x2048",
  "cnn-32-64",
  "mobile-24",
  "gru-128x200",
  "gpt-192",
] as const) {
  test(`accepted: a training step of ${name}`, async () => requireAccepted(name, await stepOf(WORKLOADS[name])));
}

test("accepted: sums over the steps of a recurrence, in blocks of any length", async () => {
  for (const steps of [13, 27, 28]) {
    const network = { ...WORKLOADS["cnn-32-64"], batch: 100, inputShape: [steps, 28], layers: [rnn(64), linear(10)] };
    requireAccepted(`${steps} steps`, await stepOf(network));
  }
});

test("accepted: matrix products, square and narrow, with batches and without", () => {
  for (const size of [1, 5, 16, 47, 48, 49, 97, 256, 1024, 2048]) {
    requireAccepted(`product of ${size}`, product([size, size], [size, size]));
  }
  requireAccepted("a row", product([1, 700], [700, 33]));
  requireAccepted("a column", product([130, 385], [385, 1]));
  requireAccepted("many", product([5, 1, 7, 9], [3, 9, 50]));
  requireAccepted("few", product([2, 65, 40], [40, 130]));
});

test("accepted: long sums, long rows, random numbers, and tables accessed by index", () => {
  const [x, wide] = [inputNode("x", [1000, 37]), inputNode("wide", [3, 5000])];
  const [key, indices] = [inputNode("key", [2], "uint32"), inputNode("indices", [41], "int32")];
  const [matrix, rows] = [new Tensor(x), new Tensor(wide)];
  const outputs = [
    matrix.sum(),
    matrix.sum(0),
    matrix.sum(1),
    rows.mean(1, true).sub(rows).square().sum(),
    matrix.transpose().add(range(1000).cast("float32")),
    rows.mul(randomUniform(new Tensor(key), [3, 5000])),
    matrix.gather(new Tensor(indices)),
    new Tensor(makeNode("scatterAdd", [indices, matrix.slice(0, 0, 41).node], { rows: 6 })),
    matrix.gather(tensor([0, 5, 999], "int32")),
  ].map(({ node }) => node);
  requireAccepted("kinds of kernels", { inputs: [x, wide, key, indices], states: [], outputs });
});

test("accepted: programs of random graphs", () => {
  for (const seed of SEEDS) {
    requireAccepted(`seed ${seed}`, randomCase(seed, 14).graph);
    requireAccepted(`states, seed ${seed}`, stateCase(seed).graph);
  }
});

test("rejected: the same programs if a state that they access is too short", () => {
  let refused = 0;
  for (const seed of SEEDS) {
    forEachProgram(stateCase(seed).graph, (program, regions, threads, { name }) => {
      const touched = new Set(program.calls.flatMap(({ addresses }) => addresses));
      for (const state of regions.filter((region) => region.name.startsWith("state") && touched.has(region.start))) {
        // the padding is one vector plus the rest of the last one: with two vectors less, elements are missing
        const shorter = regions.map((region) => (region === state ? { ...region, bytes: region.bytes - 128 } : region));
        assert.throws(
          () => verifyBounds(program, shorter, threads),
          { code: "out-of-plan" },
          `seed ${seed}, ${name}, ${threads} threads, ${state.name}`,
        );
        refused++;
      }
    });
  }
  assert.ok(refused > 100, `${refused} were refused`);
});
