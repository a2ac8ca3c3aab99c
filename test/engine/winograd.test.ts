import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { largest } from "../../src/core/extremes.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { ConvAttributes, Graph } from "../../src/graph/node.ts";
import { geometryOfKernel } from "../../src/lowering/vector/conv-plan.ts";
import { planWeightBlock } from "../../src/lowering/vector/winograd-plan.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { convolve } from "../../src/tensor/windows.ts";
import { nativeBackends } from "./backends.ts";
import { type Case, difference, inputNode, magnitudes, randomValues, runOn } from "./cases.ts";
import { mulberry } from "./draw.ts";

// Winograd's algorithm computes what a convolution is defined as, for any size, padding and number of channels, and the number of threads
// changes no bit.

const OPTIONS = [{ threads: 1 }, { threads: 3 }] as const;
const backends: readonly Backend[] = OPTIONS.flatMap(({ threads }) => [
  createWasmBackend({ threads, winograd: true }),
  createWasmBackend({ threads, simd: false, winograd: true }),
  ...nativeBackends({ threads, winograd: true }),
]);
const reference = createReferenceBackend();
after(() => {
  for (const backend of backends) backend.dispose();
});

interface Sizes {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly units: number;
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

const sizes: fc.Arbitrary<Sizes> = fc
  .record({
    batch: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(17, 34)),
    rows: fc.integer({ min: 1, max: 9 }),
    columns: fc.integer({ min: 1, max: 9 }),
    channels: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(32, 33, 48, 70)),
    units: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(32, 33, 48, 70, 96)),
    before: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    after: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
  })
  .filter(
    ({ rows, columns, before, after }) => rows + before[0] + after[0] >= 3 && columns + before[1] + after[1] >= 3,
  );

function attributesOf({ before, after }: Pick<Sizes, "before" | "after">): ConvAttributes {
  return { window: [3, 3], stride: [1, 1], dilation: [1, 1], before, after, groups: 1 };
}

/** Compares every backend with the definition, and threads with one another. */
async function check(graph: Graph, seed: number): Promise<void> {
  const random = mulberry(seed);
  const example: Case = { graph, values: graph.inputs.map(({ shape }) => randomValues(random, shape)) };
  const expected = await runOn(reference, example);
  // an element may be a small sum of large transformed values: where most of a window is padding, its size is that of its neighbours
  const allowed = (await magnitudes(reference, example)).map((array) => {
    const most = largest(array.data as Float64Array);
    return { ...array, data: array.data.map(() => most) };
  });
  const results = await Promise.all(backends.map((backend) => runOn(backend, example)));
  const half = backends.length / OPTIONS.length;
  for (const [index, backend] of backends.entries()) {
    const result = results[index] as (typeof results)[number];
    assert.equal(difference(expected, result, 1e-5, graph, allowed), undefined, backend.description);
    if (index < half) continue;
    const alone = results[index - half] as (typeof results)[number];
    assert.equal(difference(alone, result, 0, graph), undefined, `threads of ${backend.description}`);
  }
}

test("a convolution of any size and padding", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer(), async (drawn, seed) => {
      const x = inputNode("x", [drawn.batch, drawn.rows, drawn.columns, drawn.channels]);
      const w = inputNode("w", [3, 3, drawn.channels, drawn.units]);
      const y = convolve(new Tensor(x), new Tensor(w), attributesOf(drawn));
      await check({ inputs: [x, w], states: [], outputs: [y.node] }, seed);
    }),
    { numRuns: 40 },
  );
});

test("with what follows an image in its kernel", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer(), async (drawn, seed) => {
      const batch = drawn.batch + 6;
      const x = inputNode("x", [batch, drawn.rows, drawn.columns, drawn.channels]);
      const w = inputNode("w", [3, 3, drawn.channels, drawn.units]);
      const bias = inputNode("bias", [drawn.units]);
      const y = convolve(new Tensor(x), new Tensor(w), attributesOf(drawn)).add(new Tensor(bias));
      const outputs = [y.mean([1, 2]), y.mul(2)].map(({ node }) => node);
      await check({ inputs: [x, w, bias], states: [], outputs }, seed);
    }),
    { numRuns: 30 },
  );
});

test("the gradient of the input, also where the turned weights lie in an array of another shape", async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes.filter(({ batch }) => batch <= 5),
      fc.constantFrom(1, 16, 19),
      fc.constantFrom(1, 16, 19),
      fc.integer(),
      async (drawn, channels, units, seed) => {
        const input = [drawn.batch, drawn.rows, drawn.columns];
        const outputs = [0, 1].map((axis) => {
          const size = input[axis + 1] as number;
          return size + (drawn.before[axis] as number) + (drawn.after[axis] as number) - 2;
        });
        const g = inputNode("g", [drawn.batch, ...outputs, units]);
        const w = inputNode("w", [3, 3, channels, units]);
        const gradient = makeNode("convData", [g, w], { ...attributesOf(drawn), size: input.slice(1) });
        await check({ inputs: [g, w], states: [], outputs: [gradient] }, seed);
      },
    ),
    { numRuns: 40 },
  );
});

test("the gradient of the weights", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer(), async (drawn, seed) => {
      const x = inputNode("x", [drawn.batch, drawn.rows, drawn.columns, drawn.channels]);
      const outputs = [
        drawn.rows + drawn.before[0] + drawn.after[0] - 2,
        drawn.columns + drawn.before[1] + drawn.after[1] - 2,
      ];
      const g = inputNode("g", [drawn.batch, ...outputs, drawn.units]);
      const gradient = makeNode("convWeight", [x, g], attributesOf(drawn));
      await check({ inputs: [x, g], states: [], outputs: [gradient] }, seed);
    }),
    { numRuns: 40 },
  );
});

test("weights that are the beginning, or another part, of a larger array", async () => {
  const x = inputNode("x", [3, 6, 5, 20]);
  const all = inputNode("all", [7, 3, 20, 24]);
  const geometry = attributesOf({ before: [1, 1], after: [1, 1] });
  const outputs = [0, 3, 4].map((start) => {
    const weights = new Tensor(all).slice(0, start, start + 3);
    return convolve(new Tensor(x), weights, geometry).node;
  });
  await check({ inputs: [x, all], states: [], outputs }, 11);
});

test("the gradient of so many weights that the sums of all planes are taken in ranges of channels", async () => {
  const [channels, units] = [160, 144];
  const x = inputNode("x", [2, 4, 4, channels]);
  const g = inputNode("g", [2, 4, 4, units]);
  const gradient = makeNode("convWeight", [x, g], attributesOf({ before: [1, 1], after: [1, 1] }));
  const geometry = geometryOfKernel({ kind: "convWeight", node: gradient, operands: [] });
  assert.ok(planWeightBlock(geometry, 1).chunk < channels);
  await check({ inputs: [x, g], states: [], outputs: [gradient] }, 12);
});
