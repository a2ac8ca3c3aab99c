import { conv } from "../../../src/nn/conv/conv.ts";
import { convTranspose } from "../../../src/nn/conv/conv-transpose.ts";
import { extentOf, halves, type WindowOptions } from "../../../src/nn/conv/geometry.ts";
import type { Call, Operator } from "./operator.ts";
import { windowOptions } from "./windows.ts";

const convolution: Operator = (call) => {
  const [x, weight] = [call.input(0), call.input(1)];
  const options = windowOptions(call, x.shape.slice(2), weight.shape.slice(2));
  return [conv(x, weight, call.optional(2), { ...options, groups: call.number("group", 1) })];
};

/** ONNX gives either the amount to cut off the output or the size of the output, which determines the cut. If the size
 *  exceeds the reach of the kernels, the rest comes at the end. */
function transposeOptions(call: Call): WindowOptions & { readonly outputPadding: readonly number[] } {
  const positions = call.input(0).shape.slice(2);
  const kernel = call.input(1).shape.slice(2);
  const each = (name: string, fallback: number): readonly number[] => call.numbers(name) ?? kernel.map(() => fallback);
  const [stride, dilation, extra] = [each("strides", 1), each("dilations", 1), each("output_padding", 0)];
  const isSame = call.text("auto_pad", "NOTSET").startsWith("SAME");
  const size =
    call.numbers("output_shape") ??
    (isSame ? positions.map((count, axis) => count * (stride[axis] as number)) : undefined);
  if (size === undefined) return { ...windowOptions(call, positions, kernel), outputPadding: extra };
  const axes = positions.map((count, axis) => {
    const reach = (count - 1) * (stride[axis] as number) + extentOf(kernel[axis] as number, dilation[axis] as number);
    const cut = reach + (extra[axis] as number) - (size.at(axis - positions.length) as number);
    const [less, more] = halves(Math.max(0, cut));
    const padding =
      call.text("auto_pad", "NOTSET") === "SAME_UPPER" ? ([less, more] as const) : ([more, less] as const);
    return { padding, outputPadding: (extra[axis] as number) + Math.max(0, -cut) };
  });
  return {
    stride,
    dilation,
    padding: axes.map(({ padding }) => padding),
    outputPadding: axes.map(({ outputPadding }) => outputPadding),
  };
}

const transposed: Operator = (call) => [
  convTranspose(call.input(0), call.input(1), call.optional(2), {
    ...transposeOptions(call),
    groups: call.number("group", 1),
  }),
];

export const CONVOLUTIONS: Readonly<Record<string, Operator>> = { Conv: convolution, ConvTranspose: transposed };
