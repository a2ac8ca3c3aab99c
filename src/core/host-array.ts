import { describe } from "./describe.ts";
import type { DType, HostArray } from "./dtype.ts";
import { GradusError } from "./errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "./shape.ts";

// The borders that arrays cross on their way in ask here, once for each array.

/** The typed arrays that hold the elements of each type. */
const STORED_IN = {
  float32: ["Float32Array", "Float64Array"],
  int32: ["Int32Array"],
  uint32: ["Uint32Array"],
  bool: ["Int32Array"],
} as const satisfies Record<DType, readonly string[]>;

const DTYPES = Object.keys(STORED_IN);

/** Refuses anything but a list of whole numbers, 0 or more.
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

/** Refuses names of element types that there are none of.
 *  @throws GradusError `bad-argument` with `{ where, dtype, known }`. */
export function requireElementType(where: string, dtype: unknown): asserts dtype is DType {
  if (typeof dtype === "string" && Object.hasOwn(STORED_IN, dtype)) return;
  throw new GradusError(
    "bad-argument",
    `${where}: the element type (dtype) must be ${DTYPES.join(", ")}; got ${describe(dtype)}.`,
    { where, dtype, known: DTYPES },
  );
}

/** Refuses what is not an array as `HostArray` says: shape and type are proper, the data are a typed array of that type, as many
 *  elements as the shape has, and bool elements are 0 or 1.
 *  @param where for messages: `tensor`, `input x`.
 *  @throws GradusError `bad-argument` for what is no such object, for shape, type and bool elements; `dtype-mismatch` for data of
 *    another class; `shape-mismatch` for more or fewer elements than the shape has, with `{ where, shape, size, length }`. */
export function requireHostArray(where: string, value: unknown): asserts value is HostArray {
  if (typeof value !== "object" || value === null || !("data" in value && "shape" in value && "dtype" in value)) {
    throw new GradusError(
      "bad-argument",
      `${where}: expected a host array, { shape: [2, 3], dtype: "float32", data: new Float32Array(6) }; got ${describe(value)}. A tensor becomes one with await tensor.array().`,
      { where },
    );
  }
  const { shape, dtype, data } = value;
  requireShape(where, shape);
  requireElementType(where, dtype);
  requireStorage(where, dtype, data);
  const size = sizeOf(shape);
  if (data.length !== size) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: shape ${formatShape(shape)} has ${size} elements, the data have ${data.length}. Give as many.`,
      { where, shape, size, length: data.length },
    );
  }
  if (dtype === "bool") requireTruthValues(where, data);
}

function requireStorage(where: string, dtype: DType, data: unknown): asserts data is HostArray["data"] {
  const known: readonly string[] = STORED_IN[dtype];
  // by its tag: a typed array of another realm (a vm context, a frame) is none of this one's classes
  if (ArrayBuffer.isView(data) && known.includes((data as HostArray["data"])[Symbol.toStringTag])) return;
  throw new GradusError(
    "dtype-mismatch",
    `${where}: the data of type ${dtype} must be ${known.map((name) => `a ${name}`).join(" or ")}, got ${describe(data)}. Convert with ${known[0]}.from(data).`,
    { where, dtype, known },
  );
}

function requireTruthValues(where: string, data: HostArray["data"]): void {
  for (let index = 0; index < data.length; index++) {
    const value = data[index] as number;
    if (value === 0 || value === 1) continue;
    throw new GradusError("bad-argument", `${where}: bool elements are 0 or 1, element ${index} is ${value}.`, {
      where,
      index,
      value,
    });
  }
}

/** Refuses what is not an array of the declared shape and type.
 *  @throws GradusError as `requireHostArray`; `shape-mismatch` where shape or type are others. */
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
