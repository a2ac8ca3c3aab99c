import type { HostArray } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";

/** Numbers as files hold them, each type at its own width. */
export type NumericArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** An array as a file stores it, row-major, in the machine's byte order. `boolean` marks bytes that are 0 or 1 by declaration. */
export interface StoredArray {
  readonly shape: Shape;
  readonly data: NumericArray;
  readonly boolean?: boolean;
}

/** The same numbers as the engine's host arrays: floats keep their width, small integers become int32, uint32 stays. */
export function toHostArray({ shape, data, boolean }: StoredArray): HostArray {
  if (boolean === true) return { shape, dtype: "bool", data: Int32Array.from(data) };
  if (data instanceof Float32Array || data instanceof Float64Array) return { shape, dtype: "float32", data };
  if (data instanceof Uint32Array) return { shape, dtype: "uint32", data };
  return { shape, dtype: "int32", data: data instanceof Int32Array ? data : Int32Array.from(data) };
}
