import { GradusError, requireArgument } from "./errors.ts";
import { largest } from "./extremes.ts";

export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** The position of a row-major number on each axis. */
export function positionOf(flat: number, shape: Shape): number[] {
  const position = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position[axis] = rest % (shape[axis] as number);
    rest = Math.floor(rest / (shape[axis] as number));
  }
  return position;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

export function formatShape(shape: Shape): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

/** Turns an axis in [-rank, rank) into one in [0, rank). */
export function normalizeAxis(where: string, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  requireArgument(
    Number.isInteger(axis) && normal >= 0 && normal < rank,
    `${where}: axis ${axis} is outside a tensor of rank ${rank}. Give an integer from ${-rank} to ${rank - 1}.`,
    { where, axis, rank },
  );
  return normal;
}

/** Normalised, sorted, without repeats; all axes if none are given. */
export function normalizeAxes(where: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  return [...new Set(list.map((axis) => normalizeAxis(where, axis, rank)))].sort((a, b) => a - b);
}

/** The common shape of several shapes by NumPy's broadcasting rule: align at the right, sizes equal or 1. */
export function broadcastShapes(where: string, ...shapes: Shape[]): number[] {
  const rank = largest([0, ...shapes.map((shape) => shape.length)]);
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    shape.forEach((dimension, index) => {
      const axis = rank - shape.length + index;
      const current = result[axis] as number;
      if (current === 1) result[axis] = dimension;
      else if (dimension !== 1 && dimension !== current) {
        throw new GradusError(
          "shape-mismatch",
          `${where}: shapes ${shapes.map(formatShape).join(" and ")} do not broadcast: ${current} against ${dimension}. Sizes must be equal or 1, aligned at the right.`,
          { where, shapes },
        );
      }
    });
  }
  return result;
}

/** Checks sizes; computes a single -1 from the size. */
export function resolveShape(where: string, shape: Shape, size: number): number[] {
  const unknown = shape.indexOf(-1);
  const known = shape.reduce((product, dimension) => (dimension === -1 ? product : product * dimension), 1);
  const resolved =
    unknown < 0 ? [...shape] : shape.map((dimension, axis) => (axis === unknown ? size / known : dimension));
  if (sizeOf(resolved) !== size || resolved.some((dimension) => !Number.isInteger(dimension) || dimension < 0)) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: ${size} elements do not fit shape ${formatShape(shape)}. Give sizes whose product is ${size}; one of them may be -1.`,
      { where, shape, size },
    );
  }
  return resolved;
}
