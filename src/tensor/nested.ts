import { type DType, type HostArray, referenceStorage } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { formatShape, sizeOf } from "../core/shape.ts";

/** [[1, 2], [3, 4]] */
export type NestedNumbers = readonly (number | boolean | NestedNumbers)[];

/** Nested arrays to one flat array; every row of an axis must have the same length. */
export function parseNested(value: NestedNumbers, dtype: DType): HostArray {
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const data = referenceStorage(dtype, sizeOf(shape));
  let position = 0;
  const visit = (part: unknown, depth: number): void => {
    if (Array.isArray(part)) {
      if (part.length !== shape[depth]) {
        throw new GradusError(
          "shape-mismatch",
          `tensor: rows differ in length: expected ${shape[depth]} elements at depth ${depth}, got ${part.length}. Make every row as long as the first.`,
          { expected: shape[depth], got: part.length, depth },
        );
      }
      for (const element of part) visit(element, depth + 1);
    } else if (depth !== shape.length || (typeof part !== "number" && typeof part !== "boolean")) {
      throw new GradusError(
        "shape-mismatch",
        `tensor: expected ${formatShape(shape)} numbers, got ${String(part)} at depth ${depth}.`,
        { depth },
      );
    } else {
      data[position++] = Number(part);
    }
  };
  visit(value, 0);
  return { shape, dtype, data };
}

/** The inverse: nested plain arrays, a number for a scalar. */
export function nest({ shape, data }: HostArray): NestedNumbers | number {
  let position = 0;
  const build = (depth: number): NestedNumbers | number => {
    if (depth === shape.length) return data[position++] as number;
    return Array.from({ length: shape[depth] as number }, () => build(depth + 1));
  };
  return build(0);
}
