import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sizeOf } from "../../../src/core/shape.ts";
import { block, conv1d, conv2d, convTranspose2d, depthwiseConv2d, relu, skip } from "../../../src/nn/construct.ts";
import { conv } from "../../../src/nn/conv/conv.ts";
import { convTranspose } from "../../../src/nn/conv/conv-transpose.ts";
import { listed, scattered } from "../../autodiff/arrays.ts";
import { literal, modelOf, numbersOf, PREDICTION } from "../support.ts";
import { type Axis, assertClose, counting, eachMeeting, outputOf, positionsOf } from "./support.ts";

const axisArbitrary: fc.Arbitrary<Axis> = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    before: fc.integer({ min: 0, max: 2 }),
    after: fc.integer({ min: 0, max: 2 }),
  })
  .filter((axis) => positionsOf(axis) >= 1);

const convolutionArbitrary = fc.record({
  axes: fc.array(axisArbitrary, { minLength: 1, maxLength: 3 }),
  groups: fc.integer({ min: 1, max: 2 }),
  groupChannels: fc.integer({ min: 1, max: 2 }),
  groupFilters: fc.integer({ min: 1, max: 2 }),
});

function optionsOf(axes: readonly Axis[], groups: number) {
  return {
    stride: axes.map(({ stride }) => stride),
    dilation: axes.map(({ dilation }) => dilation),
    padding: axes.map(({ before, after }) => [before, after] as const),
    groups,
  };
}

test("a convolution is the sum over channels and kernel, written out in PyTorch's layouts", () => {
  fc.assert(
    fc.property(convolutionArbitrary, ({ axes, groups, groupChannels, groupFilters }) => {
      const [batch, channels, filters] = [2, groups * groupChannels, groups * groupFilters];
      const [spatial, kernel, positions] = [
        axes.map(({ size }) => size),
        axes.map((axis) => axis.kernel),
        axes.map(positionsOf),
      ];
      const x = scattered([batch, channels, ...spatial]);
      const weight = scattered([filters, groupChannels, ...kernel], 70);
      const bias = scattered([filters], 300);
      const expected = new Array<number>(batch * filters * sizeOf(positions)).fill(0);
      for (let n = 0; n < batch; n++) {
        for (let o = 0; o < filters; o++) {
          const row = (n * filters + o) * sizeOf(positions);
          expected.fill(bias.data[o] as number, row, row + sizeOf(positions));
          for (let c = 0; c < groupChannels; c++) {
            const from = n * channels + Math.floor(o / groupFilters) * groupChannels + c;
            eachMeeting(axes, (p, k, s) => {
              (expected[row + p] as number) +=
                (x.data[from * sizeOf(spatial) + s] as number) *
                (weight.data[(o * groupChannels + c) * sizeOf(kernel) + k] as number);
            });
          }
        }
      }
      const found = conv(literal(x), literal(weight), literal(bias), optionsOf(axes, groups));
      assert.deepEqual(found.shape, [batch, filters, ...positions]);
      assertClose(numbersOf(found), expected, 1e-11);
    }),
    { numRuns: 60 },
  );
});

test("a transposed convolution is the adjoint of the convolution: <conv(x), y> = <x, convTranspose(y)>", () => {
  fc.assert(
    fc.property(convolutionArbitrary, ({ axes, groups, groupChannels, groupFilters }) => {
      const [channels, filters] = [groups * groupChannels, groups * groupFilters];
      const [kernel, positions] = [axes.map((axis) => axis.kernel), axes.map(positionsOf)];
      const weight = literal(scattered([filters, groupChannels, ...kernel], 70));
      const y = literal(scattered([1, filters, ...positions], 20));
      // output padding is the remainder of the stride
      const outputPadding = axes.map(
        ({ size, before, after, kernel: k, dilation, stride }) =>
          (size + before + after - dilation * (k - 1) - 1) % stride,
      );
      const back = convTranspose(y, weight, undefined, { ...optionsOf(axes, groups), outputPadding });
      assert.deepEqual(back.shape, [1, channels, ...axes.map(({ size }) => size)]);
      const x = literal(scattered(back.shape, 150));
      const there = conv(x, weight, undefined, optionsOf(axes, groups));
      assertClose(numbersOf(there.mul(y).sum()), numbersOf(x.mul(back).sum()), 1e-10);
    }),
    { numRuns: 60 },
  );
});

test("a 1d convolution by hand", () => {
  const parameters = { weight: literal(listed([1, 1, 3], [1, 0, -2])), bias: literal(listed([1], [10])) };
  // y_p = 10 + x_p - 2 x_(p + 2)
  assert.deepEqual(outputOf(conv1d(1, 3), [1, 5], [1, 2, 3, 4, 5], parameters), {
    shape: [1, 3],
    values: [10 + 1 - 6, 10 + 2 - 8, 10 + 3 - 10],
  });
  // padding 1: x is 0 at -1 and 5
  assert.deepEqual(outputOf(conv1d(1, 3, { padding: 1, stride: 2 }), [1, 5], [1, 2, 3, 4, 5], parameters).values, [
    10 - 4,
    10 + 2 - 8,
    10 + 4,
  ]);
  // one before, two after
  assert.deepEqual(
    outputOf(conv1d(1, 3, { padding: [[1, 2]], dilation: 2 }), [1, 5], [1, 2, 3, 4, 5], parameters).values,
    [10 - 8, 10 + 1 - 10, 10 + 2, 10 + 3],
  );
});

test('"same" has ceil(size / stride) outputs, and the extra zero comes after', () => {
  const weight = literal(listed([1, 1, 2], [1, 10]));
  // an even kernel: nothing before, one after
  assert.deepEqual(outputOf(conv1d(1, 2, { padding: "same", bias: false }), [1, 3], [1, 2, 3], { weight }), {
    shape: [1, 3],
    values: [21, 32, 3],
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      (size, kernel, stride, dilation) => {
        const same = modelOf([1, size], conv1d(1, kernel, { padding: "same", stride, dilation }));
        assert.deepEqual(same.outputShape, [1, Math.ceil(size / stride)]);
        const up = modelOf([1, size, 2], convTranspose2d(1, [kernel, 2], { padding: "same", stride, dilation }));
        assert.deepEqual(up.outputShape, [1, size * stride, 2 * stride]);
      },
    ),
  );
});

test("a transposed convolution by hand: every input adds its multiple of the kernel", () => {
  const parameters = {
    weight: literal(listed([1, 1, 2, 2], [1, 2, 3, 4])),
    bias: literal(listed([1], [100])),
  };
  const tiles = outputOf(convTranspose2d(1, 2, { stride: 2 }), [1, 1, 2], [1, 10], parameters);
  assert.deepEqual(tiles, { shape: [1, 2, 4], values: [1, 2, 10, 20, 3, 4, 30, 40].map((value) => value + 100) });
  // one row and column less at each side, one more at the end of the columns
  const cut = outputOf(
    convTranspose2d(1, 2, {
      stride: 2,
      padding: [
        [1, 0],
        [1, 1],
      ],
      outputPadding: [0, 1],
    }),
    [1, 1, 2],
    [1, 10],
    parameters,
  );
  assert.deepEqual(cut, { shape: [1, 1, 3], values: [104, 130, 140] });
});

test("depthwise kernels see one channel each", () => {
  const { shape, values } = outputOf(
    depthwiseConv2d([1, 2], { multiplier: 2, bias: false }),
    [2, 1, 3],
    [1, 2, 3, 4, 5, 6],
    {
      weight: literal(listed([4, 1, 1, 2], [1, 0, 0, 1, 1, 1, 1, -1])),
    },
  );
  assert.deepEqual(shape, [4, 1, 2]);
  assert.deepEqual(values, [1, 2, 2, 3, 9, 11, -1, -1]);
});

test("a separable convolution is two layers, with as many parameters as its parts", () => {
  const model = modelOf([6, 8, 8], block([depthwiseConv2d(3, { padding: "same" }), conv2d(10, 1)]));
  assert.equal(model.parameterCount, 6 * 9 + 6 + 6 * 10 + 10);
  assert.deepEqual(model.outputShape, [10, 8, 8]);
});

test("parameters have PyTorch's shapes, and fans are divided by the groups", () => {
  const rows = [
    { layer: conv2d(8, [3, 5], { groups: 2 }), shape: [8, 2, 3, 5], fanIn: 2 * 15, fanOut: 4 * 15 },
    { layer: convTranspose2d(8, [3, 5], { groups: 2 }), shape: [4, 4, 3, 5], fanIn: 2 * 15, fanOut: 4 * 15 },
    { layer: depthwiseConv2d(3, { multiplier: 2 }), shape: [8, 1, 3, 3], fanIn: 9, fanOut: 2 * 9 },
  ];
  for (const { layer, shape, fanIn, fanOut } of rows) {
    const [info] = modelOf([4, 9, 9], layer, relu()).layers;
    const weight = info?.initialization.weight;
    assert.deepEqual(weight?.shape, shape);
    assert.deepEqual([weight?.fanIn, weight?.fanOut], [fanIn, fanOut]);
    // the activation that follows decides
    assert.equal(weight?.init.type, "heNormal");
    assert.deepEqual(info?.parameters.bias, [8]);
  }
});

test("a block's projection is a convolution with a kernel of 1 and the stride that fits", () => {
  const layer = skip([conv2d(1, 3, { stride: 2, padding: 1, bias: false })], { projection: true });
  const model = modelOf([1, 5, 4], layer);
  const state = {
    parameters: {
      "0": {
        "0": { weight: literal(listed([1, 1, 3, 3], new Array<number>(9).fill(0))) },
        projection: { weight: literal(listed([1, 1, 1, 1], [3])) },
      },
    },
    buffers: {},
  };
  const { output } = model.apply(state, literal(listed([1, 1, 5, 4], counting(20))), PREDICTION);
  assert.deepEqual(output.shape, [1, 1, 3, 2]);
  // every second row and column, three times
  assert.deepEqual(numbersOf(output), [0, 6, 24, 30, 48, 54]);
  const normed = modelOf(
    [4, 8, 8],
    skip([conv2d(6, 3, { padding: "same", stride: 2 })], { projection: true, projectionNorm: true }),
  );
  assert.deepEqual(
    normed.layers.map(({ path }) => path),
    ["0", "0.0", "0.projection", "0.projection.0", "0.projection.1"],
  );
  assert.deepEqual(normed.layers.at(-2)?.parameters.weight, [6, 4, 1, 1]);
  // no projection if nothing changes
  assert.equal(
    modelOf([4, 8, 8], skip([conv2d(4, 3, { padding: 1 })], { projection: true, projectionNorm: true })).layers.length,
    2,
  );
});
