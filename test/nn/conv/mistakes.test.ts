import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, GradusError } from "../../../src/core/errors.ts";
import { conv2d, linear, reshape } from "../../../src/nn/construct.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import { modelOf } from "../support.ts";

interface Mistake {
  readonly what: string;
  readonly inputShape: readonly number[];
  readonly layer: object;
  readonly code: ErrorCode;
  readonly says: RegExp;
}

const KERNEL = { type: "conv2d", filters: 4, kernel: 3 };
const TRANSPOSED = { type: "convTranspose2d", filters: 4, kernel: 3 };
const IMAGE = [2, 8, 8];

const MISTAKES: readonly Mistake[] = [
  {
    what: "a kernel larger than its input",
    inputShape: [2, 4, 8],
    layer: { ...KERNEL, kernel: 5 },
    code: "shape-mismatch",
    says: /in layers\.0 \(conv2d\): .*\(5, 5\) covers 5 positions.*has 4: 5 > 4/,
  },
  {
    what: "a dilated kernel larger than its padded input",
    inputShape: [2, 4, 4],
    layer: { ...KERNEL, padding: 1, dilation: 3 },
    code: "shape-mismatch",
    says: /dilation .*covers 7 positions.*has 6/,
  },
  {
    what: "a window larger than its input",
    inputShape: [2, 3],
    layer: { type: "maxPool1d", window: 4 },
    code: "shape-mismatch",
    says: /in layers\.0 \(maxPool1d\): .*4 > 3/,
  },
  {
    what: "a window larger than its input, with ceilMode",
    inputShape: [2, 3],
    layer: { type: "avgPool1d", window: 4, ceilMode: true },
    code: "shape-mismatch",
    says: /4 > 3/,
  },
  {
    what: "groups that do not divide the channels",
    inputShape: [3, 8, 8],
    layer: { ...KERNEL, groups: 2 },
    code: "bad-argument",
    says: /groups must divide the 3 input channels and the 4 filters, got 2/,
  },
  {
    what: "groups that do not divide the filters",
    inputShape: [6, 8, 8],
    layer: { ...KERNEL, groups: 3 },
    code: "bad-argument",
    says: /the 6 input channels and the 4 filters, got 3/,
  },
  {
    what: "groups that do not divide the filters of a transposed convolution",
    inputShape: [6, 8, 8],
    layer: { ...TRANSPOSED, groups: 3 },
    code: "bad-argument",
    says: /groups must divide/,
  },
  {
    what: "negative padding",
    inputShape: IMAGE,
    layer: { ...KERNEL, padding: -1 },
    code: "bad-argument",
    says: /padding must be "same", "valid", an integer of at least 0.*got -1/,
  },
  {
    what: "negative padding in a pair",
    inputShape: IMAGE,
    layer: {
      ...KERNEL,
      padding: [
        [0, -1],
        [0, 0],
      ],
    },
    code: "bad-argument",
    says: /padding must be/,
  },
  {
    what: "an unknown padding",
    inputShape: IMAGE,
    layer: { ...KERNEL, padding: "full" },
    code: "bad-argument",
    says: /padding must be .* got "full"/,
  },
  {
    what: "padding for one axis of two",
    inputShape: IMAGE,
    layer: { ...KERNEL, padding: [1] },
    code: "bad-argument",
    says: /padding must be .*a list of 2/,
  },
  {
    what: "a stride of 0",
    inputShape: IMAGE,
    layer: { ...KERNEL, stride: 0 },
    code: "bad-argument",
    says: /stride must be an integer of at least 1, or a list of 2, one for each axis, got 0/,
  },
  {
    what: "a kernel for three axes",
    inputShape: IMAGE,
    layer: { ...KERNEL, kernel: [3, 3, 3] },
    code: "bad-argument",
    says: /kernel must be .*a list of 2.*got \(3, 3, 3\)/,
  },
  {
    what: "a dilation that is not an integer",
    inputShape: IMAGE,
    layer: { type: "maxPool2d", window: 2, dilation: 1.5 },
    code: "bad-argument",
    says: /dilation must be .*got 1\.5/,
  },
  {
    what: "no kernel",
    inputShape: IMAGE,
    layer: { type: "conv2d", filters: 3 },
    code: "bad-argument",
    says: /kernel must be .*got nothing/,
  },
  {
    what: "a flat image",
    inputShape: [784],
    layer: KERNEL,
    code: "bad-argument",
    says: /expects \(channels, height, width\), got \(784,\)\. Put \{ "type": "reshape", "shape": \[1,28,28\] \} before it/,
  },
  {
    what: "an image without channels",
    inputShape: [28, 20],
    layer: KERNEL,
    code: "bad-argument",
    says: /got \(28, 20\)\. Put \{ "type": "reshape", "shape": \[1,28,20\] \} before it/,
  },
  {
    what: "a volume for an image",
    inputShape: [1, 4, 4, 4],
    layer: { type: "avgPool2d", window: 2 },
    code: "bad-argument",
    says: /expects \(channels, height, width\), got \(1, 4, 4, 4\)\. Give it 3 axes/,
  },
  {
    what: "a vector for a 1d convolution",
    inputShape: [12],
    layer: { type: "conv1d", filters: 2, kernel: 3 },
    code: "bad-argument",
    says: /expects \(channels, length\), got \(12,\)\. Put .*\[1,12\]/,
  },
  {
    what: "windows of padding only",
    inputShape: [2, 6],
    layer: { type: "maxPool1d", window: 2, padding: 2 },
    code: "bad-argument",
    says: /some windows .* contain only padding.*less padding/,
  },
  {
    what: "output padding as large as the stride",
    inputShape: IMAGE,
    layer: { ...TRANSPOSED, stride: 2, outputPadding: 2 },
    code: "bad-argument",
    says: /outputPadding must be smaller than the stride, got 2 with stride 2/,
  },
  {
    what: 'output padding with "same"',
    inputShape: IMAGE,
    layer: { ...TRANSPOSED, stride: 2, outputPadding: 1, padding: "same" },
    code: "bad-argument",
    says: /outputPadding has no effect with padding "same"/,
  },
  {
    what: "padding that removes the output of a transposed convolution",
    inputShape: [2, 1, 1],
    layer: { ...TRANSPOSED, padding: 2 },
    code: "shape-mismatch",
    says: /leaves an output of \(-1, -1\)\. Use less padding/,
  },
  {
    what: "global pooling of vectors",
    inputShape: [5],
    layer: { type: "globalAvgPool" },
    code: "bad-argument",
    says: /expects channels with spatial axes.*got \(5,\)/,
  },
  {
    what: "no bins",
    inputShape: IMAGE,
    layer: { type: "adaptiveAvgPool2d", size: 0 },
    code: "bad-argument",
    says: /size must be an integer of at least 1/,
  },
  {
    what: "groups of a normalisation that do not divide the channels",
    inputShape: [6, 2, 2],
    layer: { type: "groupNorm", groups: 4 },
    code: "bad-argument",
    says: /groups must divide the 6 channels of \(6, 2, 2\), got 4/,
  },
  {
    what: "groups of one number",
    inputShape: [6],
    layer: { type: "groupNorm", groups: 6 },
    code: "bad-argument",
    says: /one number, which has no variance/,
  },
  {
    what: "channels of one number",
    inputShape: [6, 1, 1],
    layer: { type: "instanceNorm" },
    code: "bad-argument",
    says: /with more than one number per channel, got \(6, 1, 1\)/,
  },
  {
    what: "spatial dropout of vectors",
    inputShape: [6],
    layer: { type: "spatialDropout", rate: 0.5 },
    code: "bad-argument",
    says: /For vectors use \{ "type": "dropout" \}/,
  },
  {
    what: "padding for more axes than there are",
    inputShape: IMAGE,
    layer: { type: "zeroPadding", padding: [1, 1, 1] },
    code: "bad-argument",
    says: /a list of 2 for the spatial axes of \(2, 8, 8\), got \[1,1,1\]/,
  },
  {
    what: "factors for fewer axes than there are",
    inputShape: IMAGE,
    layer: { type: "upsampling", factor: [2] },
    code: "bad-argument",
    says: /factor must be one number, or a list of 2/,
  },
  {
    what: "a factor of 0",
    inputShape: IMAGE,
    layer: { type: "upsampling", factor: 0 },
    code: "bad-argument",
    says: /factor must be an integer of at least 1/,
  },
  {
    what: "batch norm over more axes than there are images",
    inputShape: [2, 2, 2, 2, 2],
    layer: { type: "batchNorm" },
    code: "bad-argument",
    says: /one to three spatial axes/,
  },
  {
    what: "a projection that would have to enlarge",
    inputShape: IMAGE,
    layer: {
      type: "skip",
      projection: true,
      layers: [{ ...TRANSPOSED, stride: 2, padding: "same" }],
    },
    code: "shape-mismatch",
    says: /\(2, 8, 8\) into \(4, 16, 16\).*sizes a stride can turn into each other/,
  },
  {
    what: "a projection of a sequence",
    inputShape: [5, 3],
    layer: { type: "skip", projection: true, layers: [{ type: "linear", units: 2 }] },
    code: "shape-mismatch",
    says: /\(5, 3\) into \(5, 2\)/,
  },
];

for (const { what, inputShape, layer, code, says } of MISTAKES) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => modelOf(inputShape, layer as LayerInput),
      (error) => {
        assert.ok(error instanceof GradusError, String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, says);
        assert.match(error.message, /^in layers\.0/);
        return true;
      },
    );
  });
}

test("the advice for a flat image works", () => {
  const model = modelOf([784], reshape([1, 28, 28]), conv2d(4, 3, { stride: 2 }), "flatten", linear(2));
  assert.deepEqual(model.outputShape, [2]);
});
