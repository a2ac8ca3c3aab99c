import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import type { HostArray } from "../../src/core/dtype.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { ConvAttributes, Node, WindowAttributes } from "../../src/graph/node.ts";
import { windowPositions } from "../../src/graph/primitives/windows.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compiledBackends } from "./backends.ts";
import { type Case, difference, inputNode, randomValues, runOn } from "./cases.ts";
import { mulberry } from "./draw.ts";

const reference = createReferenceBackend();
const backends = [
  ...compiledBackends({ threads: 1 }),
  ...compiledBackends({ threads: 2 }),
  createWasmBackend({ threads: 1, simd: false }),
];
after(() => {
  for (const backend of backends) backend.dispose();
});

/** A convolution's sizes, one number for each spatial axis. */
interface Geometry {
  readonly batch: number;
  readonly size: readonly number[];
  readonly groups: number;
  /** of one group */
  readonly channels: number;
  readonly units: number;
  readonly attributes: WindowAttributes;
}

function geometries(mostChannels: number): fc.Arbitrary<Geometry> {
  const axis = fc.record({
    size: fc.integer({ min: 1, max: 19 }),
    window: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.integer({ min: 0, max: 3 }),
    after: fc.integer({ min: 0, max: 3 }),
  });
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 5 }),
      axes: fc.oneof(
        { weight: 6, arbitrary: fc.array(axis, { minLength: 2, maxLength: 2 }) },
        { weight: 2, arbitrary: fc.array(axis, { minLength: 1, maxLength: 1 }) },
        {
          weight: 1,
          arbitrary: fc.array(fc.record({ ...axisOf(axis), size: fc.integer({ min: 1, max: 6 }) }), {
            minLength: 3,
            maxLength: 3,
          }),
        },
      ),
      groups: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 3 })),
      channels: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: mostChannels })),
      units: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: mostChannels })),
    })
    .map(({ axes, ...rest }) => {
      const list = (name: keyof (typeof axes)[number]) => axes.map((values) => values[name]);
      // as much padding as the window needs to fit
      const lack = axes.map(({ size, window, dilation, before, after }) =>
        Math.max(0, (window - 1) * dilation + 1 - size - before - after),
      );
      const attributes = {
        window: list("window"),
        stride: list("stride"),
        dilation: list("dilation"),
        before: list("before"),
        after: axes.map(({ after }, k) => after + (lack[k] as number)),
      };
      return { ...rest, size: list("size"), attributes };
    });
}

function axisOf(
  axis: fc.Arbitrary<Readonly<Record<"size" | "window" | "stride" | "dilation" | "before" | "after", number>>>,
) {
  const field = (name: "window" | "stride" | "dilation" | "before" | "after") => axis.map((values) => values[name]);
  return {
    window: field("window"),
    stride: field("stride"),
    dilation: field("dilation"),
    before: field("before"),
    after: field("after"),
  };
}

function caseOf(seed: number, inputs: readonly Node<"input">[], outputs: readonly Node[]): Case {
  const random = mulberry(seed);
  const values = inputs.map(({ shape, dtype }) => randomValues(random, shape, dtype));
  return { graph: { inputs, states: [], outputs }, values };
}

/** Every output on every backend against the definition; sums of many products wander off with their number. */
async function agree(example: Case, terms: number): Promise<void> {
  const expected = await runOn(reference, example);
  for (const backend of backends) {
    const found = difference(expected, await runOn(backend, example), 3e-7 * terms + 2e-6, example.graph);
    assert.equal(found, undefined, backend.description);
  }
}

test("convolution in all three directions equals its definition", async () => {
  await fc.assert(
    fc.asyncProperty(
      geometries(40),
      fc.integer(),
      async ({ batch, size, groups, channels, units, attributes }, seed) => {
        const conv: ConvAttributes = { ...attributes, groups };
        const positions = windowPositions("test", size, attributes);
        const x = inputNode("x", [batch, ...size, channels * groups]);
        const w = inputNode("w", [...attributes.window, channels, units * groups]);
        const g = inputNode("g", [batch, ...positions, units * groups]);
        const outputs = [
          makeNode("conv", [x, w], conv),
          makeNode("convData", [g, w], { ...conv, size }),
          makeNode("convWeight", [x, g], conv),
        ];
        const terms = Math.max(channels, units, batch * sizeOf(positions)) * sizeOf(attributes.window);
        await agree(caseOf(seed, [x, w, g], outputs), terms);
      },
    ),
    { numRuns: 60 },
  );
});

test("a convolution of each channel on its own equals its definition in all three directions", async () => {
  const channels = fc.oneof(
    fc.integer({ min: 2, max: 9 }),
    fc.integer({ min: 2, max: 70 }),
    fc.constantFrom(16, 32, 64),
  );
  const window = fc.oneof({ weight: 4, arbitrary: fc.constant(3) }, fc.integer({ min: 1, max: 7 }));
  const windows = fc.array(window, { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(geometries(1), channels, windows, fc.integer(), async (geometry, groups, window, seed) => {
      const { batch, size } = geometry;
      const plain = geometry.attributes;
      const isWide = size.length === 2 && seed % 2 === 0;
      const attributes = isWide
        ? { ...plain, window, dilation: [1, 1], before: window.map((length) => length >> 1), after: window }
        : plain;
      const conv: ConvAttributes = { ...attributes, groups };
      const positions = windowPositions("test", size, attributes);
      const x = inputNode("x", [batch, ...size, groups]);
      const w = inputNode("w", [...attributes.window, 1, groups]);
      const g = inputNode("g", [batch, ...positions, groups]);
      const outputs = [
        makeNode("conv", [x, w], conv),
        makeNode("convData", [g, w], { ...conv, size }),
        makeNode("convWeight", [x, g], conv),
      ];
      await agree(caseOf(seed, [x, w, g], outputs), batch * sizeOf(positions) * sizeOf(attributes.window));
    }),
    { numRuns: 60 },
  );
});

test("no samples, no channels and no outputs are no mistakes", async () => {
  const attributes = { window: [3, 3], stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0], groups: 1 };
  for (const [batch, channels, units] of [
    [0, 3, 4],
    [1, 0, 4],
    [2, 3, 0],
  ] as const) {
    const [x, w] = [inputNode("x", [batch, 5, 5, channels]), inputNode("w", [3, 3, channels, units])];
    const g = inputNode("g", [batch, 3, 3, units]);
    const outputs = [
      makeNode("conv", [x, w], attributes),
      makeNode("convData", [g, w], { ...attributes, size: [5, 5] }),
      makeNode("convWeight", [x, g], attributes),
    ];
    await agree(caseOf(3, [x, w, g], outputs), 1);
  }
});

test("a weight's gradient keeps its digits over very many positions", async () => {
  const attributes = { window: [3, 3], stride: [1, 1], dilation: [1, 1], before: [1, 1], after: [1, 1], groups: 1 };
  const [x, g] = [inputNode("x", [1, 256, 256, 1]), inputNode("g", [1, 256, 256, 2])];
  const { graph, values } = caseOf(5, [x, g], [makeNode("convWeight", [x, g], attributes)]);
  // all of one sign: nothing cancels, and an error is one of the sum itself
  const positive = values.map((array) => ({ ...array, data: array.data.map(Math.abs) }));
  const [expected] = (await runOn(reference, { graph, values: positive })) as [HostArray];
  for (const backend of backends) {
    const [found] = (await runOn(backend, { graph, values: positive })) as [HostArray];
    const errors = expected.data.map((value, k) => Math.abs((found.data[k] as number) / value - 1));
    assert.ok(Math.max(...errors) < 1.5e-6, `${backend.description}: ${Math.max(...errors)}`);
  }
});

test("pooling windows equal their definition, forwards and backwards", async () => {
  await fc.assert(
    fc.asyncProperty(
      geometries(20),
      fc.integer(),
      fc.boolean(),
      async ({ batch, size, channels, attributes }, seed, tiled) => {
        // windows side by side have a way of their own
        const geometry = tiled
          ? {
              ...attributes,
              stride: attributes.window,
              dilation: size.map(() => 1),
              before: size.map(() => 0),
              after: attributes.after.map((count, k) =>
                Math.max(count, (attributes.window[k] as number) - (size[k] as number)),
              ),
            }
          : attributes;
        const positions = windowPositions("test", size, geometry);
        const x = inputNode("x", [batch, ...size, channels]);
        const other = inputNode("other", [batch, ...size, channels]);
        const g = inputNode("g", [batch, ...positions, channels]);
        const index = makeNode("windowArgmax", [x], geometry);
        const outputs = [
          index,
          makeNode("windowGather", [x, index], geometry),
          makeNode("windowGather", [other, index], geometry),
          makeNode("windowScatter", [index, g], { ...geometry, size }),
          makeNode("windowSum", [x], geometry),
          makeNode("windowSpread", [g], { ...geometry, size }),
        ];
        const example = caseOf(seed, [x, other, g], outputs);
        await agree(example, sizeOf(attributes.window));
        const [pixels, ...rest] = example.values as [HostArray, ...HostArray[]];
        await agree({ ...example, values: [withSpecials(mulberry(seed), pixels), ...rest] }, sizeOf(attributes.window));
      },
    ),
    { numRuns: 40 },
  );
});

/** Mostly -Infinity, which padding must not be taken for, with infinities, NaN and numbers in between. */
function withSpecials(random: () => number, array: HostArray): HostArray {
  const specials = [Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY];
  const draw = (value: number) =>
    random() < 0.6 ? Number.NEGATIVE_INFINITY : random() < 0.3 ? (specials[Math.floor(random() * 3)] as number) : value;
  return { ...array, data: array.data.map(draw) };
}

test("padding is never chosen, even where all that a window holds is -Infinity", async () => {
  const geometry = { window: [2, 3], stride: [2, 2], dilation: [1, 1], before: [1, 1], after: [1, 1] };
  const x = inputNode("x", [1, 3, 4, 1]);
  const index = makeNode("windowArgmax", [x], geometry);
  const g = inputNode("g", index.shape);
  const outputs = [
    index,
    makeNode("windowGather", [x, index], geometry),
    makeNode("windowScatter", [index, g], { ...geometry, size: [3, 4] }),
  ];
  const values: HostArray[] = [
    { shape: x.shape, dtype: "float32", data: new Float64Array(12).fill(Number.NEGATIVE_INFINITY) },
    { shape: g.shape, dtype: "float32", data: Float64Array.of(1, 2, 4, 8) },
  ];
  for (const backend of [reference, ...backends]) {
    const results = await runOn(backend, { graph: { inputs: [x, g], states: [], outputs }, values });
    const [chosen, largest, gradient] = results.map(({ data }) => [...data]);
    // rows begin at -1 and 1, columns at -1 and 1
    assert.deepEqual(chosen, [4, 3, 1, 0], backend.description);
    assert.deepEqual(largest, new Array(4).fill(Number.NEGATIVE_INFINITY), backend.description);
    assert.deepEqual(gradient, [1, 2, 0, 0, 4, 8, 0, 0, 0, 0, 0, 0], backend.description);
  }
});
