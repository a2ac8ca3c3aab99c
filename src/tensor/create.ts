import { copyElements, type DType, type HostArray } from "../core/dtype.ts";
import { requireHostArray, requireNumber } from "../core/host-array.ts";
import { normalizeAxis, type Shape } from "../core/shape.ts";
import * as build from "../graph/build.ts";
import type { NestedNumbers } from "./nested.ts";
import { Tensor, type TensorLike, toTensor } from "./tensor.ts";

/** A tensor of nested arrays, a number, or a flat typed array with its shape and type, which is copied. Default type float32.
 *  @throws GradusError for anything else: as `requireHostArray` for objects with data, else as `parseNested`. */
export function tensor(value: NestedNumbers | number | HostArray, dtype: DType = "float32"): Tensor {
  if (typeof value === "object" && value !== null && "data" in value) {
    requireHostArray("tensor", value);
    const { shape, dtype: own, data } = value;
    return new Tensor(build.literal({ shape: [...shape], dtype: own, data: copyElements(data) }));
  }
  return toTensor(value, dtype);
}

/** One value everywhere.
 *  @throws GradusError `bad-argument` for a value that the type does not hold: a fraction as int32. */
export function full(shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  requireNumber("full", dtype, value);
  return new Tensor(build.full(shape, value, dtype));
}

export function zeros(shape: Shape, dtype: DType = "float32"): Tensor {
  return full(shape, 0, dtype);
}

export function ones(shape: Shape, dtype: DType = "float32"): Tensor {
  return full(shape, 1, dtype);
}

/** int32: 0, 1, …, size - 1. */
export function range(size: number): Tensor {
  return new Tensor(build.makeNode("iota", [], { shape: [size], axis: 0 }));
}

/** Joins tensors along an existing axis. */
export function concat(parts: readonly TensorLike[], axis = 0): Tensor {
  const nodes = parts.map((part) => toTensor(part).node);
  return new Tensor(
    build.makeNode("concat", nodes, { axis: normalizeAxis("concat", axis, nodes[0]?.shape.length ?? 0) }),
  );
}

/** Joins tensors of one shape along a new axis. */
export function stack(parts: readonly TensorLike[], axis = 0): Tensor {
  return concat(
    parts.map((part) => toTensor(part).unsqueeze(axis)),
    axis,
  );
}
