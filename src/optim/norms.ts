import type { Tree } from "../core/tree.ts";
import { full } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { leavesOf } from "./trees.ts";

/** p of the p-norm: 1, 2, … or "inf" for the largest absolute value. */
export type NormType = number | "inf";

/** Squares are taken of scaled numbers: float32 squares overflow beyond 1e19, and gradients that explode get there.
 *  With 2^-16 the norm holds from 1e-14 to 1e24, and a power of two costs no digits. */
const SCALE = 2 ** -16;

/** |x|_p over the given axes (all by default), as one reduction:
 *    (sum |s x|^p)^(1/p) / s,   s = `scale`, a power of two against overflow
 *  @param keepDims leaves the reduced axes as size 1, for broadcasting. Default false. */
export function norm(
  x: Tensor,
  options: {
    readonly normType?: NormType | undefined;
    readonly axes?: readonly number[] | undefined;
    readonly keepDims?: boolean | undefined;
    readonly scale?: number | undefined;
  } = {},
): Tensor {
  const { normType = 2, axes, keepDims = false, scale = SCALE } = options;
  if (normType === "inf") return x.abs().max(axes, keepDims);
  return root(powers(x, normType, scale).sum(axes, keepDims), normType, scale);
}

/** The norm of all leaves together, as if they were one vector. An empty tree has norm 0.
 *  @param normType default 2. */
export function globalNorm(tree: Tree<Tensor>, normType: NormType = 2, scale: number = SCALE): Tensor {
  const leaves = leavesOf(tree);
  if (leaves.length === 0) return full([], 0);
  if (normType === "inf") return leaves.map((leaf) => leaf.abs().max()).reduce((a, b) => a.maximum(b));
  const sums = leaves.map((leaf) => powers(leaf, normType, scale).sum());
  return root(
    sums.reduce((a, b) => a.add(b)),
    normType,
    scale,
  );
}

/** The power of two near `SCALE / unit`: for norms that will be compared with `unit`. */
export function scaleFor(unit: number): number {
  return SCALE * 2 ** -Math.round(Math.log2(unit));
}

function powers(x: Tensor, p: number, scale: number): Tensor {
  const scaled = x.mul(scale);
  if (p === 2) return scaled.square();
  return p === 1 ? scaled.abs() : scaled.abs().pow(p);
}

function root(sum: Tensor, p: number, scale: number): Tensor {
  const rooted = p === 2 ? sum.sqrt() : p === 1 ? sum : sum.pow(1 / p);
  return rooted.mul(1 / scale);
}
