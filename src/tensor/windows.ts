import { makeNode } from "../graph/build.ts";
import type { ConvAttributes, WindowAttributes } from "../graph/node.ts";
import { Tensor } from "./tensor.ts";

/** Convolution (cross-correlation) of channels-last arrays.
 *    y[n, p, o] = sum over k, c of x[n, p stride - before + k dilation, c] w[k, c, o]
 *  Shapes: x (N, ...S, C), w (...K, C / groups, O) -> (N, ...P, O); one, two or three spatial axes. Padding counts as 0.
 *  @throws `shape-mismatch` where a window is larger than the padded input or the groups do not divide the channels. */
export function convolve(x: Tensor, w: Tensor, attributes: ConvAttributes): Tensor {
  return new Tensor(makeNode("conv", [x.node, w.node], attributes));
}

/** The adjoint of `convolve` in x, a transposed convolution: every g adds its multiple of the kernel to the output.
 *  Shapes: g (N, ...P, O), w (...K, C / groups, O) -> (N, ...size, C); P follows from `size` as in `convolve`. */
export function convolveTransposed(
  g: Tensor,
  w: Tensor,
  attributes: ConvAttributes & { readonly size: readonly number[] },
): Tensor {
  return new Tensor(makeNode("convData", [g.node, w.node], attributes));
}

/** The sum of each window, padding as 0: (N, ...S, C) -> (N, ...P, C). */
export function windowSum(x: Tensor, attributes: WindowAttributes): Tensor {
  return new Tensor(makeNode("windowSum", [x.node], attributes));
}

/** The position of the largest element within each window, row-major, the first of equal ones; int32 (N, ...P, C). */
export function windowArgmax(x: Tensor, attributes: WindowAttributes): Tensor {
  return new Tensor(makeNode("windowArgmax", [x.node], attributes));
}

/** The largest element of each window; padding is never chosen, NaN wins. Its gradient goes to the first of equal ones, as PyTorch's.
 *  Shapes: (N, ...S, C) -> (N, ...P, C). */
export function windowMax(x: Tensor, attributes: WindowAttributes): Tensor {
  const index = makeNode("windowArgmax", [x.node], attributes);
  return new Tensor(makeNode("windowGather", [x.node, index], attributes));
}
