import type { Target } from "../../codegen/program.ts";
import type { ConvKernel, Kernel, TransformKernel } from "../../compiler/kernel.ts";
import type { Schedule } from "../../compiler/schedule.ts";
import { sizeOf, stridesOf } from "../../core/shape.ts";
import { literal, makeNode, matmul, reshape } from "../../graph/build.ts";
import type { Node } from "../../graph/node.ts";
import { isWinogradFaster } from "./winograd-cost.ts";
import { stripWidth, weightPlaneBytes } from "./winograd-plan.ts";
import { PLANES } from "./winograd-transform.ts";

/** Lets Winograd's algorithm compute the convolutions for which it is faster. Their weights are transformed by a kernel of their own, once
 *  for all convolutions that use them.
 *  @param always true or false: for every convolution that it can compute, or for none. Default: the cost model decides. */
export function chooseWinograd(scheduled: Schedule, target: Target, always?: boolean): Schedule {
  if (always === false) return scheduled;
  const transforms = new Map<string, TransformKernel>();
  const kernels = scheduled.kernels.flatMap((kernel): Kernel[] => {
    if (!isPossible(kernel) || !(always || isWinogradFaster(kernel, target))) return [kernel];
    if (kernel.kind === "convWeight") return [{ ...kernel, isWinograd: true }];
    const [x, w] = kernel.operands as [ConvKernel["operands"][0], ConvKernel["operands"][0]];
    // the array that holds the weights may have another shape than they
    const [channels, units] = (kernel.node.inputs[1] as Node).shape.slice(-2) as [number, number];
    const key = `${w.base.id} ${channels} ${units}`;
    const known = transforms.get(key);
    const transform = known ?? transformOf(w.base, channels, units, target);
    transforms.set(key, transform);
    const { node } = transform;
    const operands = [x, { base: node, strides: stridesOf(node.shape), offset: 0 }];
    return [...(known ? [] : [transform]), { ...kernel, operands, isWinograd: true }];
  });
  return { ...scheduled, kernels };
}

/** Is the window 3 x 3, at every position, without gaps or groups? */
function isPossible(kernel: Kernel): kernel is ConvKernel {
  if (kernel.kind !== "conv" && kernel.kind !== "convWeight") return false;
  const { window, stride, dilation, groups } = kernel.node.attributes;
  const isSquare = window.length === 2 && window.every((size) => size === 3);
  const isDense = [...stride, ...dilation, groups].every((count) => count === 1);
  return isSquare && isDense && kernel.node.shape.every((size) => size > 0);
}

/** G g G^T as one matrix on the nine elements of g: the product of two elements of G for each. */
const G = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
const MATRIX = G.flatMap((left) => G.map((right) => left.flatMap((a) => right.map((b) => a * b))));

/** The transformed weights as a node: U (16, C O) = MATRIX (16, 9) w (9, C O), with room for whole strips and the gaps between planes. */
function transformOf(w: Node, channels: number, units: number, target: Target): TransformKernel {
  const width = stripWidth(units, target);
  const columns = (Math.ceil(units / width) * weightPlaneBytes(channels, width)) / 4;
  // the array may hold more, behind the weights
  const size = 9 * channels * units;
  const own = makeNode("slice", [reshape(w, [sizeOf(w.shape)])], { start: [0], size: [size], step: [1] });
  const rows = reshape(own, [9, channels * units]);
  const after = [0, columns - channels * units];
  const padded = makeNode("pad", [rows], { before: [0, 0], after, interior: [0, 0], value: 0 });
  const matrix = literal({ data: Float32Array.from(MATRIX.flat()), shape: [PLANES, 9], dtype: "float32" });
  const access = { base: w, strides: stridesOf(w.shape), offset: 0 };
  return { kind: "transform", node: matmul(matrix, padded), operands: [access], channels, units };
}
