import { describe } from "../core/describe.ts";
import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { isNumericArray, requireShape } from "../core/host-array.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

/** Numbers as stored in files, each type at its own width. */
export type NumericArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** An array as a file stores it, row-major, in the machine's byte order. `boolean` marks bytes that are declared to be 0 or 1. */
export interface StoredArray {
  readonly shape: Shape;
  readonly data: NumericArray;
  readonly boolean?: boolean;
}

/** Rejects anything but a typed array of numbers, such as lists and 64-bit integers.
 *  @throws GradusError `dtype-mismatch`. */
export function requireNumericArray(where: string, data: unknown): asserts data is NumericArray {
  if (isNumericArray(data)) return;
  throw new GradusError(
    "dtype-mismatch",
    `${where}: the data must be a typed array of numbers, such as Float32Array, got ${describe(data)}.`,
    { where },
  );
}

/** Rejects anything but a valid `StoredArray`.
 *  @throws GradusError `bad-argument` for any other object or an invalid shape; `dtype-mismatch` if the data are not a typed array;
 *    `shape-mismatch` for more or fewer elements than the shape has. */
export function requireStoredArray(where: string, value: unknown): asserts value is StoredArray {
  if (typeof value !== "object" || value === null || !("shape" in value && "data" in value)) {
    throw new GradusError("bad-argument", `${where}: expected { shape, data }, got ${describe(value)}.`, { where });
  }
  const { shape, data } = value;
  requireShape(where, shape);
  requireNumericArray(where, data);
  if (sizeOf(shape) === data.length) return;
  throw new GradusError(
    "shape-mismatch",
    `${where}: shape ${formatShape(shape)} has ${sizeOf(shape)} elements, the data have ${data.length}. Give ${sizeOf(shape)}.`,
    { where, shape, size: sizeOf(shape), length: data.length },
  );
}

/** The same numbers as the engine's host arrays: floats keep their width, small integers become int32, uint32 stays. */
export function toHostArray({ shape, data, boolean }: StoredArray): HostArray {
  if (boolean === true) return { shape, dtype: "bool", data: Int32Array.from(data, (value) => (value === 0 ? 0 : 1)) };
  if (data instanceof Float32Array || data instanceof Float64Array) return { shape, dtype: "float32", data };
  if (data instanceof Uint32Array) return { shape, dtype: "uint32", data };
  return { shape, dtype: "int32", data: data instanceof Int32Array ? data : Int32Array.from(data) };
}
