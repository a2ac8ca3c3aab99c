import { describe } from "../core/describe.ts";
import { type DType, type HostArray, referenceStorage } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { holdsNumber, requireElementType, requireNumber } from "../core/host-array.ts";
import { formatShape, sizeOf } from "../core/shape.ts";

/** [[1, 2], [3, 4]] */
export type NestedNumbers = readonly (number | boolean | NestedNumbers)[];

/** More axes than any array written by hand. Lists that hold themselves never end. */
const MOST_AXES = 64;

/** Whether a type holds all of these numbers exactly. */
export function holds(dtype: DType, value: NestedNumbers | number | boolean): boolean {
  return typeof value === "object" ? value.every((part) => holds(dtype, part)) : holdsNumber(dtype, Number(value));
}

/** Nested arrays to one flat array; every row of an axis must have the same length.
 *  @param where for messages. Default "tensor".
 *  @throws GradusError `shape-mismatch` for rows of different lengths and for elements that are not numbers; `bad-argument` for numbers that the type
 *    does not hold. */
export function parseNested(value: NestedNumbers, dtype: DType, where = "tensor"): HostArray {
  requireElementType(where, dtype);
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) {
    requireArgument(shape.length < MOST_AXES, `${where}: the lists are nested more than ${MOST_AXES} deep.`);
    shape.push(level.length);
  }
  const data = referenceStorage(dtype, sizeOf(shape));
  let position = 0;
  const visit = (part: unknown, depth: number): void => {
    if (Array.isArray(part)) {
      if (part.length !== shape[depth]) {
        throw new GradusError(
          "shape-mismatch",
          `${where}: rows differ in length: expected ${shape[depth]} elements at depth ${depth}, got ${part.length}. Make every row as long as the first.`,
          { expected: shape[depth], got: part.length, depth },
        );
      }
      for (const element of part) visit(element, depth + 1);
    } else if (depth !== shape.length || (typeof part !== "number" && typeof part !== "boolean")) {
      throw new GradusError(
        "shape-mismatch",
        `${where}: expected numbers in nested lists of shape ${formatShape(shape)}, got ${describe(part)} at depth ${depth}. A typed array comes with its shape: { shape, dtype, data }.`,
        { where, depth },
      );
    } else {
      const number = Number(part);
      requireNumber(where, dtype, number);
      data[position++] = number;
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
