import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { wasmTarget } from "../../src/codegen/wasm/features.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { makeNode } from "../../src/graph/build.ts";
import { compileGraph } from "../../src/lowering/vector/pipeline.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compiledBackends } from "./backends.ts";
import { type Case, difference, inputNode, randomValues, runOn } from "./cases.ts";
import { mulberry } from "./draw.ts";

const reference = createReferenceBackend();
const backends = [
  ...compiledBackends({ threads: 1 }),
  ...compiledBackends({ threads: 3 }),
  createWasmBackend({ threads: 1, simd: false }),
];
after(() => {
  for (const backend of backends) backend.dispose();
});

interface Sizes {
  readonly samples: number;
  readonly steps: number;
  readonly heads: number;
  readonly size: number;
  readonly causal: boolean;
  /** is there an input that hides steps? */
  readonly hides: boolean;
}

/** Both primitives; the input that hides steps is 0 for about a third of them, and for all of one sample now and then. */
function caseOf({ samples, steps, heads, size, causal, hides }: Sizes, seed: number): Case {
  const random = mulberry(seed);
  const features = heads * size;
  const inputs = [
    inputNode("qkv", [samples, steps, 3 * features]),
    inputNode("g", [samples, steps, features]),
    ...(hides ? [inputNode("visible", [samples, steps])] : []),
  ];
  const [qkv, g, visible] = inputs as [(typeof inputs)[number], (typeof inputs)[number], (typeof inputs)[number]?];
  const beside = visible ? [visible] : [];
  const outputs = [
    makeNode("attention", [qkv, ...beside], { heads, causal }),
    makeNode("attentionGrad", [qkv, g, ...beside], { heads, causal }),
  ];
  const values = inputs.map(({ shape }) => randomValues(random, shape));
  const shown = values[2];
  if (shown) {
    const least = random() < 0.2 ? 2 : -0.6;
    values[2] = { ...shown, data: shown.data.map((value, at) => (at < steps && value < least ? 0 : value)) };
  }
  return { graph: { inputs, states: [], outputs }, values };
}

async function agree(sizes: Sizes, seed: number): Promise<void> {
  const example = caseOf(sizes, seed);
  const expected = await runOn(reference, example);
  for (const backend of backends) {
    const found = difference(expected, await runOn(backend, example), 3e-6 + 3e-7 * sizes.size, example.graph);
    assert.equal(found, undefined, `${backend.description}, ${JSON.stringify(sizes)}`);
  }
}

test("attention and its gradient equal their definitions", async () => {
  const sizes = fc.record({
    samples: fc.integer({ min: 1, max: 3 }),
    steps: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 21, max: 100 })),
    heads: fc.integer({ min: 1, max: 4 }),
    size: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 70 })),
    causal: fc.boolean(),
    hides: fc.boolean(),
  });
  await fc.assert(fc.asyncProperty(sizes, fc.integer(), agree), { numRuns: 50 });
});

for (const causal of [false, true]) {
  test(`many blocks of queries make the same sums: ${causal ? "causal" : "full"}`, async () => {
    await agree({ samples: 1, steps: 211, heads: 2, size: 16, causal, hides: causal }, 5);
  });
}

test("no result depends on the number of threads, with fewer heads than threads", async () => {
  const example = caseOf({ samples: 1, steps: 130, heads: 1, size: 8, causal: true, hides: false }, 3);
  for (const threads of [2, 5]) {
    const [alone, shared] = await Promise.all(
      [1, threads].map(async (count) => {
        const backend = createWasmBackend({ threads: count });
        const outputs = await runOn(backend, example);
        backend.dispose();
        return outputs.map(({ data }) => Array.from(data));
      }),
    );
    assert.deepEqual(shared, alone);
  }
});

test("scores are never stored: the arrays of a program are smaller than they", () => {
  const [steps, heads] = [256, 4];
  const { graph } = caseOf({ samples: 1, steps, heads, size: 4, causal: true, hides: false }, 1);
  const { arenaBytes } = compileGraph(graph, wasmTarget({ simd: true, relaxed: true }), 2);
  assert.ok(arenaBytes < heads * steps ** 2, `${arenaBytes} bytes`);
});

test("scores of any size give weights: large ones do not overflow, hidden ones count as nothing", async () => {
  const { graph, values } = caseOf({ samples: 1, steps: 9, heads: 1, size: 4, causal: true, hides: true }, 8);
  const large = values.map((array, at) =>
    at === 0 ? { ...array, data: array.data.map((value) => value * 60) } : array,
  );
  for (const backend of backends) {
    for (const { data } of await runOn(backend, { graph, values: large })) assert.ok(data.every(Number.isFinite));
  }
});

test("arrays that do not fit each other are refused", () => {
  const qkv = inputNode("qkv", [2, 3, 12]);
  const attributes = { heads: 2, causal: false };
  const refused = (code: string, make: () => unknown) => assert.throws(make, { code });
  refused("shape-mismatch", () => makeNode("attention", [qkv], { heads: 3, causal: false }));
  refused("shape-mismatch", () => makeNode("attention", [inputNode("x", [3, 12])], attributes));
  refused("shape-mismatch", () => makeNode("attention", [qkv, inputNode("visible", [2, 4])], attributes));
  refused("shape-mismatch", () => makeNode("attentionGrad", [qkv, inputNode("g", [2, 3, 5])], attributes));
  refused("bad-argument", () => makeNode("attentionGrad", [qkv], attributes));
  refused("dtype-mismatch", () => makeNode("attention", [qkv, inputNode("visible", [2, 3], "int32")], attributes));
});
