import type { DType, HostArray, HostData } from "../../src/core/dtype.ts";
import { Unsupported } from "./case.ts";

/** A tensor as stored in reference files: flat, row-major; numbers that JSON cannot represent are strings. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string | boolean)[];
}

/** Types of reference files and our types for them. Integers of other widths are held in 32 bits. */
const TYPES: Readonly<Record<string, DType>> = {
  float: "float32",
  float16: "float32",
  float32: "float32",
  float64: "float32",
  int8: "int32",
  int16: "int32",
  int32: "int32",
  int64: "int32",
  uint8: "int32",
  bool: "bool",
};

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  nan: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  inf: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function toNumber(value: number | string | boolean): number {
  return typeof value === "string" ? (SPECIAL[value] ?? Number(value)) : Number(value);
}

/** The numbers of a stored tensor. */
export function numbersOf(stored: StoredTensor): number[] {
  return stored.data.map(toNumber);
}

/** A stored tensor as an array for backends, with all its digits. */
export function hostArrayOf(stored: StoredTensor): HostArray {
  const dtype = TYPES[stored.dtype];
  if (dtype === undefined) throw new Unsupported(`element type ${stored.dtype}`);
  const values = numbersOf(stored);
  return { shape: stored.shape, dtype, data: dataOf(dtype, values) };
}

function dataOf(dtype: DType, values: readonly number[]): HostData {
  return dtype === "float32" ? Float64Array.from(values) : Int32Array.from(values);
}

/** Flattens nested plain arrays. */
export type Nested = number | readonly Nested[];

export function flatten(value: Nested): number[] {
  return typeof value === "number" ? [value] : value.flatMap(flatten);
}

export function shapeOf(value: Nested): number[] {
  return typeof value === "number" ? [] : [value.length, ...(value.length > 0 ? shapeOf(value[0] as Nested) : [])];
}

/** Nested plain arrays as an array for backends. */
export function hostArrayOfNested(value: Nested): HostArray {
  return { shape: shapeOf(value), dtype: "float32", data: Float64Array.from(flatten(value)) };
}
