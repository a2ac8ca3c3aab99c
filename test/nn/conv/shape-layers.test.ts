import assert from "node:assert/strict";
import { test } from "node:test";
import {
  groupNorm,
  instanceNorm,
  localResponseNorm,
  spatialDropout,
  upsampling,
  zeroPadding,
} from "../../../src/nn/construct.ts";
import { randomKey } from "../../../src/tensor/random.ts";
import { listed } from "../../autodiff/arrays.ts";
import { literal, modelOf, numbersOf, PREDICTION } from "../support.ts";
import { assertClose, counting, outputOf } from "./support.ts";

test("groupNorm scales each group of channels of each sample", () => {
  const parameters = { weight: literal(listed([4], [1, 2, 1, -1])), bias: literal(listed([4], [0, 10, 0, 0])) };
  const x = [1, 2, 3, 4, 10, 10, 20, 20];
  // channels 0 and 1: mean 2.5, variance 1.25; channels 2 and 3: mean 15, variance 25
  const [a, b] = [1 / Math.sqrt(1.25 + 0.01), 1 / Math.sqrt(25 + 0.01)];
  assertClose(outputOf(groupNorm(2, { epsilon: 0.01 }), [4, 2], x, parameters).values, [
    -1.5 * a,
    -0.5 * a,
    10 + 2 * 0.5 * a,
    10 + 2 * 1.5 * a,
    -5 * b,
    -5 * b,
    -5 * b,
    -5 * b,
  ]);
  // one group is all channels: mean 8.75
  const all = outputOf(groupNorm(1, { affine: false, epsilon: 1e-12 }), [4, 2], x).values;
  assertClose(
    [all.reduce((sum, value) => sum + value, 0), all.reduce((sum, value) => sum + value ** 2, 0)],
    [0, 8],
    1e-10,
  );
});

test("instanceNorm scales each channel of each sample alone", () => {
  const parameters = { weight: literal(listed([2], [1, 3])), bias: literal(listed([2], [0, 1])) };
  const { values } = outputOf(instanceNorm({ epsilon: 1e-14 }), [2, 2], [1, 3, 100, 300], parameters);
  assertClose(values, [-1, 1, -2, 4], 1e-12);
});

test("localResponseNorm divides by the neighbours on the channel axis", () => {
  const x = [1, 2, 3, 4];
  // sums of squares over c - 1 .. c + 1: 5, 14, 29, 25
  const sums = [5, 14, 29, 25];
  const layer = localResponseNorm(3, { alpha: 0.6, beta: 0.5, bias: 2 });
  assertClose(
    outputOf(layer, [4, 1], x).values,
    sums.map((sum, c) => (x[c] as number) / Math.sqrt(2 + 0.2 * sum)),
  );
  // an even size looks one further ahead: 1 + 4, 4 + 9, 9 + 16, 16
  assertClose(
    outputOf(localResponseNorm(2, { alpha: 2, beta: 1 }), [4], x).values,
    [5, 13, 25, 16].map((sum, c) => (x[c] as number) / (1 + sum)),
  );
});

test("spatialDropout drops whole channels, keeps the mean, and does nothing at prediction", () => {
  const [batch, channels] = [50, 40];
  const model = modelOf([channels, 2, 3], spatialDropout(0.25));
  const x = literal(listed([batch, channels, 2, 3], new Array<number>(batch * channels * 6).fill(3)));
  const apply = (seed: number) =>
    numbersOf(model.apply({ parameters: {}, buffers: {} }, x, { training: true, key: randomKey(seed) }).output);
  const values = apply(1);
  let dropped = 0;
  for (let channel = 0; channel < batch * channels; channel++) {
    const own = new Set(values.slice(channel * 6, channel * 6 + 6));
    assert.equal(own.size, 1, `channel ${channel} holds ${[...own]}`);
    assert.ok(own.has(0) || own.has(4));
    if (own.has(0)) dropped++;
  }
  // 2,000 draws with probability 1/4: five standard deviations are 97
  assert.ok(Math.abs(dropped - 500) < 97, `${dropped} of 2000 channels dropped`);
  assert.deepEqual(apply(1), values);
  assert.notDeepEqual(apply(2), values);
  const { output } = model.apply({ parameters: {}, buffers: {} }, x, PREDICTION);
  assert.ok(numbersOf(output).every((value) => value === 3));
});

test("zeroPadding puts zeros around the spatial axes", () => {
  assert.deepEqual(outputOf(zeroPadding(1), [2, 2], [1, 2, 3, 4]), { shape: [2, 4], values: [0, 1, 2, 0, 0, 3, 4, 0] });
  assert.deepEqual(
    outputOf(
      zeroPadding([
        [1, 0],
        [0, 2],
      ]),
      [1, 1, 2],
      [5, 6],
    ),
    {
      shape: [1, 2, 4],
      values: [0, 0, 0, 0, 5, 6, 0, 0],
    },
  );
  assert.deepEqual(outputOf(zeroPadding([0, 1]), [1, 1, 1], [7]), { shape: [1, 1, 3], values: [0, 7, 0] });
});

test("upsampling repeats the nearest", () => {
  assert.deepEqual(outputOf(upsampling([2, 3]), [1, 2, 2], [1, 2, 3, 4]), {
    shape: [1, 4, 6],
    values: [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4],
  });
});

test("upsampling draws straight lines between the centres, and stays level beyond the first and last", () => {
  // centres of the outputs: -1/4, 1/4, 3/4, 5/4, in units of the input
  assertClose(outputOf(upsampling(2, { mode: "bilinear" }), [1, 2], [0, 4]).values, [0, 1, 3, 4]);
  const rows = outputOf(upsampling([1, 2], { mode: "bilinear" }), [1, 2, 2], [0, 4, 8, 0]);
  assertClose(rows.values, [0, 1, 3, 4, 8, 6, 2, 0]);
  assertClose(outputOf(upsampling([2, 1], { mode: "bilinear" }), [1, 2, 1], [0, 4]).values, [0, 1, 3, 4]);
  // a plane stays a plane between the outermost centres
  const { values } = outputOf(upsampling(2, { mode: "bilinear" }), [1, 3, 3], counting(9));
  const at = (row: number, column: number) => values[row * 6 + column] as number;
  for (let row = 1; row < 5; row++) {
    for (let column = 1; column < 5; column++) {
      assertClose([at(row, column)], [3 * (row / 2 - 0.25) + (column / 2 - 0.25)]);
    }
  }
});
