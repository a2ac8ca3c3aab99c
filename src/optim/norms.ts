import type { Tree } from "../core/tree.ts";
import { full } from "../tensor/create.ts";
import { type Tensor, toTensor, where } from "../tensor/tensor.ts";
import { leavesOf } from "./trees.ts";

/** p of the p-norm: 1, 2, … or "inf" for the largest absolute value. */
export type NormType = number | "inf";

/** A length as a quotient, both scalars or of one shape:   |x| = root / scale
 *  The root is a number that float32 holds well wherever |x| lies, and the scale is a power of two. The quotient itself may be
 *  beyond float32 where every element of x is within. */
export interface Length {
  readonly root: Tensor;
  readonly scale: Tensor | number;
}

export interface NormOptions {
  /** Default 2. */
  readonly normType?: NormType | undefined;
  /** Default: all. */
  readonly axes?: readonly number[] | undefined;
  /** Leaves the reduced axes as size 1, for broadcasting. Default false. */
  readonly keepDims?: boolean | undefined;
}

/** Powers of two that bring tiny and huge numbers to where float32 has their squares. */
const UP = 2 ** 64;
const DOWN = 2 ** -65;
/** Sums of unscaled squares between these have all their digits, also as sums of a billion parts. */
const SMALL = 1e-20;
const LARGE = 1e20;
/** The smallest number that float32 holds with all its digits. */
const SMALLEST = 2 ** -126;

/** The length of several tensors together, as if they were one vector, over the whole range of float32:
 *    p = 2   sqrt(sum (s x)^2) / s,   s = 1 where that sum neither overflows nor underflows, else 2^64 or 2^-65
 *    p = 1   sum |s x| / s,           s = 1, or 2^-65 where the sum is large
 *    inf     max |x|
 *    else    (sum |s x|^p)^(1/p) / s,   s = 1 / max |x|
 *  Float32 has no squares of numbers below 1e-19, where vanishing gradients are, or above 1e19, where exploding ones are.
 *  The sums of p = 1 and 2 are taken in one pass. NaN where an element is NaN. */
export function lengthOf(tensors: readonly Tensor[], options: NormOptions = {}): Length {
  const { normType: p = 2, axes, keepDims = false } = options;
  if (tensors.length === 0) return { root: full([], 0), scale: 1 };
  const sum = (value: (x: Tensor) => Tensor): Tensor =>
    tensors.map((x) => value(x).sum(axes, keepDims)).reduce((a, b) => a.add(b));
  const largest = (keep: boolean): Tensor => tensors.map((x) => x.abs().max(axes, keep)).reduce((a, b) => a.maximum(b));
  if (p === "inf") return { root: largest(keepDims), scale: 1 };
  if (p === 1) {
    const plain = sum((x) => x.abs());
    const isLarge = plain.lessEqual(LARGE).not();
    return {
      root: where(
        isLarge,
        sum((x) => x.mul(DOWN).abs()),
        plain,
      ),
      scale: where(isLarge, DOWN, 1),
    };
  }
  if (p === 2) {
    const plain = sum((x) => x.square());
    const isSmall = plain.less(SMALL);
    const isLarge = plain.lessEqual(LARGE).not();
    const [up, down] = [sum((x) => x.mul(UP).square()), sum((x) => x.mul(DOWN).square())];
    const square = where(isSmall, up, where(isLarge, down, plain));
    return { root: square.sqrt(), scale: where(isSmall, UP, where(isLarge, DOWN, 1)) };
  }
  // kept within what has a reciprocal
  const inverse = (keep: boolean): Tensor => toTensor(1).div(largest(keep).clip(SMALLEST, 1 / SMALLEST));
  return {
    root: sum((x) =>
      x
        .mul(inverse(axes !== undefined))
        .abs()
        .pow(p),
    ).pow(1 / p),
    scale: inverse(keepDims),
  };
}

/** |x|_p over the given axes (all by default): see `lengthOf`. Infinite where the norm is beyond float32. */
export function norm(x: Tensor, options: NormOptions = {}): Tensor {
  return quotient(lengthOf([x], options));
}

/** The norm of all leaves together, as if they were one vector. An empty tree has norm 0.
 *  @param normType default 2. */
export function globalNorm(tree: Tree<Tensor>, normType: NormType = 2): Tensor {
  return quotient(lengthOf(leavesOf(tree), { normType }));
}

/** |x| as one number. */
export function quotient({ root, scale }: Length): Tensor {
  return scale === 1 ? root : root.div(scale);
}

/** Shortens what has this length to the bound, and leaves alone what is not longer:
 *    x <- x c / (|x| + epsilon)   where |x| + epsilon > c = bound
 *  In two factors, x (s) (c / (root + epsilon s)), so that neither |x| nor the share need be numbers of float32.
 *  @param epsilon default 0. */
export function shortening(length: Length, bound: Tensor | number, epsilon = 0): (x: Tensor) => Tensor {
  const { root, scale } = length;
  const padded = epsilon === 0 ? root : root.add(scale === 1 ? epsilon : (scale as Tensor).mul(epsilon));
  const plain = quotient(length);
  const fits = (epsilon === 0 ? plain : plain.add(epsilon)).lessEqual(bound);
  // a bound that fits is not divided, for 0 / 0 is no number
  const share = where(fits, 1, toTensor(bound).div(padded));
  if (scale === 1) return (x) => x.mul(share);
  const first = where(fits, 1, scale);
  return (x) => x.mul(first).mul(share);
}
