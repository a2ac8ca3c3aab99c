import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import type { ConvKernel } from "../../src/compiler/kernel.ts";
import { schedule } from "../../src/compiler/schedule.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { ConvAttributes, Graph, Node } from "../../src/graph/node.ts";
import { fuseConvEpilogues } from "../../src/lowering/vector/fuse-conv.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { convolve } from "../../src/tensor/windows.ts";
import { nativeBackends } from "./backends.ts";
import { type Case, difference, inputNode, magnitudes, randomValues, runOn } from "./cases.ts";
import { mulberry } from "./draw.ts";

// What is computed from an image of a convolution's result may run within the convolution's kernel. No bit depends on that.

const open = (epilogues: boolean): readonly Backend[] => [
  createWasmBackend({ threads: 1, epilogues }),
  createWasmBackend({ threads: 2, epilogues }),
  createWasmBackend({ threads: 1, simd: false, epilogues }),
  ...nativeBackends({ threads: 1, epilogues }),
  ...nativeBackends({ threads: 2, epilogues }),
];
const [apart, joined] = [open(false), open(true)];
const reference = createReferenceBackend();
after(() => {
  for (const backend of [...apart, ...joined]) backend.dispose();
});

const SAME: ConvAttributes = {
  window: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  before: [1, 1],
  after: [1, 1],
  groups: 1,
};

/** A function whose slope is 1 at most. What it takes may be a large sum, whatever small number it makes of it. */
type Squash = (x: Tensor) => Tensor;

/** What stands behind a convolution. */
const TAILS: Readonly<
  Record<string, (y: Tensor, other: Tensor, channel: Tensor, squash: Squash) => readonly Tensor[]>
> = {
  "bias and activation": (y, _, channel) => [y.add(channel).relu()],
  "a sum for each channel": (y) => [y.mean([0, 1, 2])],
  statistics: (y) => [
    y
      .sub(y.mean([1, 2], true))
      .square()
      .mean([1, 2]),
    y,
  ],
  "something of the same shape": (y, other, channel, squash) => [squash(y.mul(channel).add(other)), y.mul(2)],
  "one number an image": (y) => [y.max([1, 2, 3])],
  "half of the positions": (y) => [y.slice(1, 0, 1).mul(y.slice(2, 0, 1).mean(2, true))],
  "the next image": (y) => [y.slice(0, 1).mul(y.slice(0, 0, -1))],
};

function graphOf(
  name: string,
  batch: number,
  size: number,
  channels: number,
  units: number,
  squash: Squash = (z) => z.tanh(),
): Graph {
  // as many units as channels: each channel on its own
  const groups = channels === units && channels > 1 ? channels : 1;
  const x = inputNode("x", [batch, size, size, channels]);
  const w = inputNode("w", [3, 3, channels / groups, units]);
  const other = inputNode("other", [batch, size, size, units]);
  const channel = inputNode("channel", [units]);
  const y = convolve(new Tensor(x), new Tensor(w), { ...SAME, groups });
  const outputs = (TAILS[name] as (typeof TAILS)[string])(y, new Tensor(other), new Tensor(channel), squash);
  return { inputs: [x, w, other, channel], states: [], outputs: outputs.map(({ node }) => node) };
}

test("loops within the kernels of convolutions change no bit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(TAILS)),
      fc.integer({ min: 4, max: 7 }),
      fc.constantFrom(2, 5, 9),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer(),
      fc.boolean(),
      async (name, batch, size, inputs, units, seed, isDepthwise) => {
        const channels = isDepthwise ? units : inputs;
        const graph = graphOf(name, batch, size, channels, units);
        const random = mulberry(seed);
        const example: Case = { graph, values: graph.inputs.map(({ shape }) => randomValues(random, shape)) };
        const expected = await runOn(reference, example);
        const unsquashed = graphOf(name, batch, size, channels, units, (z) => z);
        const sizes = await magnitudes(reference, { ...example, graph: unsquashed });
        for (const [index, backend] of apart.entries()) {
          const plain = await runOn(backend, example);
          const fused = await runOn(joined[index] as Backend, example);
          assert.equal(difference(plain, fused, 0, graph), undefined, `${name}, ${backend.description}`);
          assert.equal(difference(expected, fused, 2e-5, graph, sizes), undefined, `${name}, ${backend.description}`);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("a loop that takes images one by one joins the convolution, one that reads other images does not", () => {
  const joins = (name: string, threads: number): boolean => {
    const { kernels } = fuseConvEpilogues(schedule(simplify(graphOf(name, 8, 6, 3, 4))), threads);
    const conv = kernels.find(({ kind }) => kind === "conv") as ConvKernel;
    return conv.epilogue !== undefined;
  };
  // sums over all images that are too short to be taken in two steps read every image
  const acrossImages = ["the next image", "a sum for each channel"];
  for (const name of Object.keys(TAILS)) assert.equal(joins(name, 1), !acrossImages.includes(name), name);
  // threads share whole images: eight of them are too few for eight threads
  assert.equal(joins("bias and activation", 8), false);
});

test("where the weights are updated in place no epilogue does it before the last image is convolved", async () => {
  const x = inputNode("x", [8, 4, 4, 2]);
  const w = inputNode("w", [3, 3, 2, 2]);
  const y = convolve(new Tensor(x), new Tensor(w), SAME);
  // a new value that is ready, image by image, as soon as the convolution is
  const next: Node = y.mean([1, 2]).slice(0, 0, 1).reshape([1, 1, 1, 2]).broadcastTo(w.shape).add(new Tensor(w)).node;
  const random = mulberry(5);
  const values = [randomValues(random, x.shape)];
  const first = randomValues(random, w.shape);
  const run = async (backend: Backend) => {
    const state = backend.allocate(w.shape, "float32");
    state.write(first);
    const graph: Graph = { inputs: [x], states: [{ input: w, next }], outputs: [y.node] };
    const executable = await backend.compile(graph, [state]);
    const seen = [...(await executable.run(values)), ...(await executable.run(values)), await state.read()];
    executable.dispose();
    state.dispose();
    return seen;
  };
  const graph: Graph = { inputs: [], states: [], outputs: [y.node, y.node, w] };
  for (const backend of joined)
    assert.equal(difference(await run(reference), await run(backend), 1e-4, graph), undefined);
});
