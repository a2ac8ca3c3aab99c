import { describe } from "./describe.ts";
import type { DType, HostArray, HostData } from "./dtype.ts";
import { type ErrorValues, GradusError } from "./errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "./shape.ts";

// Every entry point that accepts arrays calls these checks, once per array.

/** Storage of each element type: its typed arrays (others are converted to the first of them) and the numbers it can hold. */
const STORAGE = {
  float32: { classes: [Float32Array, Float64Array], expected: "numbers", holds: () => true },
  int32: {
    classes: [Int32Array],
    expected: "whole numbers from -2^31 to 2^31 - 1",
    holds: (value) => value === (value | 0),
  },
  uint32: {
    classes: [Uint32Array],
    expected: "whole numbers from 0 to 2^32 - 1",
    holds: (value) => value === value >>> 0,
  },
  bool: { classes: [Int32Array], expected: "0 or 1", holds: (value) => value === 0 || value === 1 },
} as const satisfies Record<
  DType,
  {
    readonly classes: readonly { readonly name: string; from(values: ArrayLike<number>): HostData }[];
    readonly expected: string;
    holds(value: number): boolean;
  }
>;

/** Typed arrays of numbers. 64-bit integers are missing because they are not numbers in JavaScript. */
const NUMERIC: readonly string[] = [
  ...["Float32Array", "Float64Array", "Int32Array", "Uint32Array", "Int16Array", "Uint16Array"],
  ...["Int8Array", "Uint8Array", "Uint8ClampedArray"],
];

const DTYPES = Object.keys(STORAGE);

/** Rejects anything but a list of whole numbers, 0 or more.
 *  @param where for messages: `zeros`, `input x`.
 *  @throws GradusError `bad-argument` with `{ where, shape }`. */
export function requireShape(where: string, shape: unknown): asserts shape is Shape {
  let size = 1;
  if (Array.isArray(shape)) for (const length of shape) size *= isLength(length) ? length : Number.NaN;
  if (Array.isArray(shape) && size <= Number.MAX_SAFE_INTEGER) return;
  const advice = typeof shape === "number" ? ` For one axis give [${shape}].` : "";
  throw new GradusError(
    "bad-argument",
    `${where}: a shape is a list of whole numbers, 0 or more, whose product is below 2^53; got ${describe(shape)}.${advice}`,
    { where, shape },
  );
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Rejects unknown names of element types.
 *  @throws GradusError `bad-argument` with `{ where, dtype, known }`. */
export function requireElementType(where: string, dtype: unknown): asserts dtype is DType {
  if (typeof dtype === "string" && Object.hasOwn(STORAGE, dtype)) return;
  throw new GradusError(
    "bad-argument",
    `${where}: the element type (dtype) must be ${DTYPES.join(", ")}; got ${describe(dtype)}.`,
    { where, dtype, known: DTYPES },
  );
}

/** Rejects values that are not valid `HostArray`s: shape and type must be valid, and the data must be a typed array with as many elements
 *  as the shape. Elements in another type's typed array, such as bytes for float32, must be numbers that the type can hold. Bool elements
 *  must be 0 or 1.
 *  @param where for messages: `tensor`, `input x`.
 *  @param values more values for the error.
 *  @throws GradusError `bad-argument` for any other object, for an invalid shape or type, and for elements that the type cannot hold;
 *    `dtype-mismatch` if the data are not a typed array of numbers; `shape-mismatch` for more or fewer elements than the shape has,
 *    with `{ where, shape, size, length }`. */
export function requireHostArray(where: string, value: unknown, values?: ErrorValues): asserts value is HostArray {
  if (typeof value !== "object" || value === null || !("data" in value && "shape" in value && "dtype" in value)) {
    throw new GradusError(
      "bad-argument",
      `${where}: expected a host array, { shape: [2, 3], dtype: "float32", data: new Float32Array(6) }; got ${describe(value)}. A tensor becomes one with await tensor.array().`,
      { where, ...values },
    );
  }
  const { shape, dtype, data } = value;
  requireShape(where, shape);
  requireElementType(where, dtype);
  if (!isNumericArray(data)) {
    const wanted = STORAGE[dtype].classes[0].name;
    throw new GradusError(
      "dtype-mismatch",
      `${where}: the data must be a typed array, for ${dtype} a ${wanted}; got ${describe(data)}. ${wanted}.from(list) makes one from a list.`,
      { where, dtype, ...values },
    );
  }
  const size = sizeOf(shape);
  if (data.length !== size) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: shape ${formatShape(shape)} has ${size} elements, the data have ${data.length}. Give ${size}.`,
      { where, shape, size, length: data.length, ...values },
    );
  }
  if (dtype === "bool" || !isStored(dtype, data)) requireNumbers(where, dtype, data, values);
}

/** Is it a typed array of numbers, of any realm? Arrays of a vm context or a frame are not instances of this realm's classes, but have
 *  their tag. */
export function isNumericArray(data: unknown): data is HostData {
  return ArrayBuffer.isView(data) && NUMERIC.includes((data as HostData)[Symbol.toStringTag]);
}

function isStored(dtype: DType, data: HostData): boolean {
  const tag = data[Symbol.toStringTag];
  return STORAGE[dtype].classes.some(({ name }) => name === tag);
}

/** Whether a type can hold a number unchanged: int32 holds no fractions, uint32 no negative numbers, and neither holds NaN. */
export function holdsNumber(dtype: DType, value: number): boolean {
  return STORAGE[dtype].holds(value);
}

/** @throws GradusError `bad-argument` for an unknown type, and for a number that the type cannot hold. */
export function requireNumber(where: string, dtype: DType, value: number): void {
  requireElementType(where, dtype);
  if (holdsNumber(dtype, value)) return;
  throw new GradusError(
    "bad-argument",
    `${where}: elements of type ${dtype} are ${STORAGE[dtype].expected}, got ${value}. Round it, or make it float32.`,
    { where, dtype, value },
  );
}

function requireNumbers(where: string, dtype: DType, data: HostData, values: ErrorValues | undefined): void {
  const { holds, expected } = STORAGE[dtype];
  for (let index = 0; index < data.length; index++) {
    const value = data[index] as number;
    if (holds(value)) continue;
    throw new GradusError(
      "bad-argument",
      `${where}: elements of type ${dtype} are ${expected}, element ${index} is ${value}.`,
      { where, dtype, index, value, ...values },
    );
  }
}

/** A checked array with its elements in a typed array of its own type; returns the same array if they already are. */
export function stored(array: HostArray): HostArray {
  const { shape, dtype, data } = array;
  return isStored(dtype, data) ? array : { shape, dtype, data: STORAGE[dtype].classes[0].from(data) };
}

/** Rejects anything but an array of the declared shape and type.
 *  @throws GradusError as `requireHostArray`; `shape-mismatch` if the shape or type differs. */
export function requireMatching(
  where: string,
  value: unknown,
  declared: { readonly shape: Shape; readonly dtype: DType },
): asserts value is HostArray {
  requireHostArray(where, value);
  if (value.dtype === declared.dtype && sameShape(value.shape, declared.shape)) return;
  throw new GradusError(
    "shape-mismatch",
    `${where}: expected ${declared.dtype} ${formatShape(declared.shape)}, got ${value.dtype} ${formatShape(value.shape)}.`,
    { where, expected: declared, got: { shape: value.shape, dtype: value.dtype } },
  );
}
