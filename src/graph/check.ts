import type { DType } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Node } from "./node.ts";

/** The input's type must be one of these. */
export function requireDType(where: string, node: Node, ...allowed: readonly DType[]): void {
  if (!allowed.includes(node.dtype)) {
    throw new GradusError(
      "dtype-mismatch",
      `${where}: expected ${allowed.join(" or ")}, got ${node.dtype}. Convert it with cast("${allowed[0]}").`,
      { where, dtype: node.dtype, allowed },
    );
  }
}

/** Both inputs must share one shape and one type. */
export function requireSame(where: string, a: Node, b: Node): void {
  if (a.dtype !== b.dtype) {
    throw new GradusError(
      "dtype-mismatch",
      `${where}: types differ: ${a.dtype} and ${b.dtype}. Convert one of them with cast.`,
      {
        where,
        dtypes: [a.dtype, b.dtype],
      },
    );
  }
  if (!sameShape(a.shape, b.shape)) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: shapes differ: ${formatShape(a.shape)} and ${formatShape(b.shape)}. Broadcast one of them first.`,
      { where, shapes: [a.shape, b.shape] },
    );
  }
}
