import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { printGraph } from "../../src/graph/print.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compiledBackends } from "./backends.ts";
import { difference, inputNode } from "./cases.ts";
import { partCase } from "./part-cases.ts";
import type { StateCase } from "./state-cases.ts";
import { runsOf } from "./state-runs.ts";

/** Outputs and states of two runs in a row. */
const twoRuns = async (backend: Backend, example: StateCase): Promise<HostArray[]> =>
  runsOf(backend, example, [example.fed], 2);

/** Larger values have roundings that say nothing any more. */
const isTame = ({ data }: HostArray) => data.every((value) => Math.abs(value) < 100);

const reference = createReferenceBackend();
const cases = Array.from({ length: 120 }, async (_, seed) => {
  const example = partCase(seed);
  return { seed, example, expected: await twoRuns(reference, example) };
});
const examples = (await Promise.all(cases)).filter(({ expected }) => expected.every(isTame));

test("few random graphs of parts grow large", () => {
  assert.ok(examples.length > 100);
});

for (const threads of [1, 2, 3]) {
  for (const backend of compiledBackends({ threads })) {
    test(`parts, wholes and states made of them are as by definition: ${backend.description}`, async () => {
      for (const { seed, example, expected } of examples) {
        const outputs = expected.map(({ shape, dtype }) => inputNode("value", shape, dtype));
        const fault = difference(expected, await twoRuns(backend, example), 1e-4, { inputs: [], states: [], outputs });
        assert.equal(fault, undefined, `seed ${seed}: ${fault}\n${printGraph(example.graph)}`);
      }
      backend.dispose();
    });
  }
}
