import { SMALLEST_NORMAL } from "../core/subnormal.ts";
import type { Tree } from "../core/tree.ts";
import { isOp, type Node } from "../graph/node.ts";
import { concat, full } from "../tensor/create.ts";
import { Tensor, toTensor, where } from "../tensor/tensor.ts";
import { leavesOf } from "./trees.ts";

/** p of the p-norm: 1, 2, … or "inf" for the largest absolute value. */
export type NormType = number | "inf";

/** A length as a quotient, both scalars or of one shape:   |x| = root / scale
 *  The root is well within the range of float32 for any |x|, and the scale is a power of two. The quotient itself may exceed float32
 *  even if every element of x is within it. */
export interface Length {
  readonly root: Tensor;
  readonly scale: Tensor | number;
}

export interface NormOptions {
  /** Default 2. */
  readonly normType?: NormType | undefined;
  /** Default: all. */
  readonly axes?: readonly number[] | undefined;
  /** Keeps the reduced axes with size 1, for broadcasting. Default false. */
  readonly keepDims?: boolean | undefined;
}

/** Powers of two that scale tiny and huge numbers to a range in which float32 can hold their squares. */
const UP = 2 ** 64;
const DOWN = 2 ** -65;
/** Sums of unscaled squares between these bounds keep full precision, even with a billion terms. */
const SMALL = 1e-20;
const LARGE = 1e20;

/** The length of one tensor over some axes, over the whole range of float32:
 *    (sum |s x|^p)^(1/p) / s
 *    p = 2, 1   s = 1; if sum |x|^p is too small or too large for float32, 2^64 or 2^-65
 *    inf        max |x|
 *    else       s = 1 / max |x|
 *  Float32 cannot hold the squares of numbers below 1e-19 (vanishing gradients) or above 1e19 (exploding gradients).
 *  NaN if an element is NaN. */
function lengthAlong(x: Tensor, { normType: p = 2, axes, keepDims = false }: NormOptions): Length {
  const size = x.abs();
  if (p === "inf") return { root: size.max(axes, keepDims), scale: 1 };
  if (p === 1 || p === 2) {
    // all three sums read the same values, |x|: a compiled step computes them in one pass
    const [plain, up, down] = [size, size.mul(UP), size.mul(DOWN)].map((y) =>
      (p === 2 ? y.square() : y).sum(axes, keepDims),
    ) as [Tensor, Tensor, Tensor];
    const isSmall = plain.less(SMALL);
    const isUsual = plain.lessEqual(LARGE);
    const sum = where(isSmall, up, where(isUsual, plain, down));
    return { root: p === 2 ? sum.sqrt() : sum, scale: where(isSmall, UP, where(isUsual, 1, DOWN)) };
  }
  const scale = inverseOf(size.max(axes, true));
  const sum = size.mul(scale).pow(p).sum(axes, keepDims);
  return { root: sum.pow(1 / p), scale: scale.reshape(sum.shape) };
}

/** 1 / m, with m clipped to the range that has a reciprocal. */
function inverseOf(m: Tensor): Tensor {
  return toTensor(1).div(m.clip(SMALLEST_NORMAL, 1 / SMALLEST_NORMAL));
}

/** The length of several tensors together, as one vector: the length of the rows' lengths. */
export function lengthOf(tensors: readonly Tensor[], normType: NormType = 2): Length {
  if (tensors.length === 0) return { root: full([], 0), scale: 1 };
  const parts = tensors.map(asItLies).map((x) => {
    if (x.rank < 2) return x.reshape([-1]);
    return norm(x.reshape([x.shape[0] as number, -1]), { normType, axes: [1] });
  });
  return lengthAlong(parts.length === 1 ? (parts[0] as Tensor) : concat(parts), { normType });
}

/** A transposed tensor without its transposition: a length does not depend on the order, and reading in memory order is fastest. */
function asItLies(x: Tensor): Tensor {
  let { node } = x;
  while (isOp(node, "permute")) node = node.inputs[0] as Node;
  return new Tensor(node);
}

/** The length of each unit of a parameter: row i holds everything that feeds output unit i; rank < 2 is one unit. Broadcasts against x. */
export function unitLengths(x: Tensor): Length {
  return lengthAlong(x, x.rank < 2 ? {} : { axes: x.shape.map((_, axis) => axis).slice(1), keepDims: true });
}

/** |x|_p over the given axes (all by default); infinite if it exceeds float32. */
export function norm(x: Tensor, options: NormOptions = {}): Tensor {
  const isWhole = options.axes === undefined && !options.keepDims;
  return quotient(isWhole ? lengthOf([x], options.normType) : lengthAlong(x, options));
}

/** The norm of all leaves together, as one vector. An empty tree has norm 0.
 *  @param normType default 2. */
export function globalNorm(tree: Tree<Tensor>, normType: NormType = 2): Tensor {
  return quotient(lengthOf(leavesOf(tree), normType));
}

/** |x| as one number. */
export function quotient({ root, scale }: Length): Tensor {
  return scale === 1 ? root : root.div(scale);
}

/** Scales a tensor of this length down to the bound; leaves it unchanged if it is not longer:
 *    x <- x c / (|x| + epsilon)   if |x| + epsilon > c = bound
 *  Uses two factors, x (s) (c / (root + epsilon s)), so that neither |x| nor its factor must be within float32. An infinitely long
 *  tensor has no direction and becomes NaN, which a run reports; zero would look like success.
 *  @param epsilon default 0. */
export function shortening(length: Length, bound: Tensor | number, epsilon = 0): (x: Tensor) => Tensor {
  const { root, scale } = length;
  const padded = epsilon === 0 ? root : root.add(scale === 1 ? epsilon : (scale as Tensor).mul(epsilon));
  const plain = quotient(length);
  const fits = (epsilon === 0 ? plain : plain.add(epsilon)).lessEqual(bound);
  const share = where(root.less(Number.POSITIVE_INFINITY), toTensor(bound).div(padded), Number.NaN);
  // do not divide if the length fits: 0 / 0 is NaN
  const second = where(fits, 1, share);
  if (scale === 1) return (x) => x.mul(second);
  const first = where(fits, 1, scale);
  return (x) => x.mul(first).mul(second);
}
