import type { DType, HostArray } from "../../src/core/dtype.ts";
import { referenceStorage } from "../../src/core/dtype.ts";
import { sizeOf } from "../../src/core/shape.ts";

/** An array whose element i is `value(i)`. */
export function arrayOf(
  shape: readonly number[],
  value: (index: number) => number,
  dtype: DType = "float32",
): HostArray {
  const data = referenceStorage(dtype, sizeOf(shape));
  for (let index = 0; index < data.length; index++) data[index] = value(index);
  return { shape, dtype, data };
}

/** Scattered numbers in (-1.5, 1.5), all different, none closer than 1e-3 to 0 or to each other for a few hundred elements. */
export function scattered(shape: readonly number[], offset = 0): HostArray {
  // multiples of the golden ratio, modulo 1, are spread as evenly as possible
  return arrayOf(shape, (index) => (((index + 1 + offset) * 0.6180339887498949) % 1) * 3 - 1.5);
}

/** The same, all above 0.2. */
export function positive(shape: readonly number[], offset = 0): HostArray {
  return arrayOf(shape, (index) => (((index + 1 + offset) * 0.6180339887498949) % 1) * 2 + 0.2);
}

/** These values, in order. */
export function listed(shape: readonly number[], values: readonly number[], dtype: DType = "float32"): HostArray {
  return arrayOf(shape, (index) => values[index] as number, dtype);
}
