import { allocated } from "./memory.ts";

/** Element types. Each is four bytes wide on a device, so that lanes line up; the reference backend computes float32 in float64. */
export type DType = "float32" | "int32" | "uint32" | "bool";

/** Bytes of one element on a device. */
export const ELEMENT_BYTES = 4;

export type HostData = Float64Array | Float32Array | Int32Array | Uint32Array;

/** A concrete array in host memory, row-major. `bool` is stored as Int32Array of 0 and 1. */
export interface HostArray {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: HostData;
}

/** Zeroed storage for reference evaluation: float64 for floats, so that the definition is more precise than what it checks.
 *  @throws GradusError `out-of-memory`. */
export function referenceStorage(dtype: DType, length: number): Float64Array | Int32Array | Uint32Array {
  const bytes = length * (dtype === "float32" ? Float64Array : Int32Array).BYTES_PER_ELEMENT;
  return allocated("arrays in memory", bytes, () => {
    if (dtype === "float32") return new Float64Array(length);
    if (dtype === "uint32") return new Uint32Array(length);
    return new Int32Array(length);
  });
}

/** A copy of the elements. @throws GradusError `out-of-memory`. */
export function copyElements(data: HostData): HostData {
  return allocated("arrays in memory", data.byteLength, () => data.slice());
}
