import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { gradients } from "../../src/autodiff/gradients.ts";
import { writtenNodes } from "../../src/compiler/kernel.ts";
import { prepared } from "../../src/compiler/pipeline.ts";
import { schedule } from "../../src/compiler/schedule.ts";
import { sizeOf } from "../../src/core/shape.ts";
import type { Graph } from "../../src/graph/node.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { convolve, windowMax } from "../../src/tensor/windows.ts";
import { compiledBackends } from "../engine/backends.ts";
import { type Case, difference, inputNode, magnitudes, randomValues, runOn } from "../engine/cases.ts";
import { mulberry } from "../engine/draw.ts";

// A convolution, batch normalisation, an activation and pooling, with their gradients: what lies between the convolution's result and the
// pooled one, or between their gradients, is computed where it is read.

const reference = createReferenceBackend();
const backends = [...compiledBackends({ threads: 1 }), ...compiledBackends({ threads: 2 })];
after(() => {
  for (const backend of backends) backend.dispose();
});

interface Sizes {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** of the pooling windows, which lie side by side */
  readonly window: readonly [number, number];
}

function blockOf({ batch, rows, columns, channels, window }: Sizes): Graph {
  const inputs = [
    inputNode("x", [batch, rows, columns, 2]),
    inputNode("w", [3, 3, 2, channels]),
    inputNode("bias", [channels]),
    inputNode("scale", [channels]),
    inputNode("factor", [
      batch,
      ...[rows, columns].map((size, axis) => Math.ceil(size / (window[axis] as number))),
      channels,
    ]),
  ];
  const [x, w, bias, scale, factor] = inputs.map((node) => new Tensor(node)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const same = { stride: [1, 1], dilation: [1, 1], before: [1, 1], after: [1, 1], groups: 1 };
  const y = convolve(x, w, { ...same, window: [3, 3] }).add(bias);
  const centred = y.sub(y.mean([0, 1, 2], true));
  const deviation = centred.square().mean([0, 1, 2], true).add(0.1).sqrt();
  const normal = centred.mul(scale.div(deviation)).relu();
  const beyond = [rows, columns].map(
    (size, axis) => (window[axis] as number) * Math.ceil(size / (window[axis] as number)) - size,
  );
  const pooled = windowMax(normal, { window, stride: window, dilation: [1, 1], before: [0, 0], after: beyond });
  const loss = pooled.mul(factor).sum();
  const wrt = [w, bias, scale].map(({ node }) => node);
  return { inputs, states: [], outputs: [pooled.node, ...gradients(loss.node, wrt)] };
}

test("convolution, normalisation and pooling equal their definition, forwards and backwards", async () => {
  const sizes = fc.record({
    batch: fc.integer({ min: 2, max: 5 }),
    rows: fc.integer({ min: 2, max: 9 }),
    columns: fc.integer({ min: 2, max: 9 }),
    channels: fc.constantFrom(1, 3, 16, 20),
    window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer(), async (size, seed) => {
      const graph = blockOf(size);
      const random = mulberry(seed);
      const example: Case = { graph, values: graph.inputs.map(({ shape }) => randomValues(random, shape)) };
      const expected = await runOn(reference, example);
      const scale = await magnitudes(reference, example);
      for (const backend of backends)
        assert.equal(
          difference(expected, await runOn(backend, example), 2e-4, graph, scale),
          undefined,
          backend.description,
        );
    }),
    // rounding may turn a value that is almost 0: the same values each time
    { numRuns: 25, seed: 11 },
  );
});

test("of the arrays as large as the convolution's result only this and its gradient are written", () => {
  for (const [rows, columns] of [
    [28, 28],
    [14, 20],
  ] as const) {
    const size: Sizes = { batch: 16, rows, columns, channels: 64, window: [2, 2] };
    const { kernels } = schedule(prepared(blockOf(size)));
    const large = kernels.flatMap(writtenNodes).filter(({ shape }) => sizeOf(shape) >= 16 * rows * columns * 64);
    assert.equal(new Set(large).size, 2);
  }
});
