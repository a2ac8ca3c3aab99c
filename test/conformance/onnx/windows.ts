import type { Shape } from "../../../src/core/shape.ts";
import { type Padding, type WindowOptions, windowsOver } from "../../../src/nn/conv/geometry.ts";
import { Unsupported } from "../case.ts";
import type { Call } from "./operator.ts";

/** ONNX lists all beginnings first, then all ends. */
function pairs(pads: readonly number[]): (readonly [number, number])[] {
  const rank = pads.length / 2;
  return Array.from({ length: rank }, (_, axis) => [pads[axis] as number, pads[axis + rank] as number] as const);
}

/** The positions of windows according to the ONNX attributes. */
export function windowOptions(call: Call, spatial: Shape, kernel: Shape): Required<WindowOptions> {
  const slide = {
    stride: call.numbers("strides") ?? kernel.map(() => 1),
    dilation: call.numbers("dilations") ?? kernel.map(() => 1),
  };
  const paddings: Readonly<Record<string, () => Padding>> = {
    NOTSET: () => pairs(call.numbers("pads") ?? [...kernel, ...kernel].map(() => 0)),
    VALID: () => "valid",
    SAME_UPPER: () => "same",
    // the extra padding goes before instead of after
    SAME_LOWER: () => {
      const { before, after } = windowsOver(spatial, kernel, { ...slide, padding: "same" });
      return after.map((size, axis) => [size, before[axis] as number] as const);
    },
  };
  const padding = paddings[call.text("auto_pad", "NOTSET")];
  if (!padding) throw new Unsupported(`auto_pad ${call.text("auto_pad", "")}`);
  return { ...slide, padding: padding() };
}
