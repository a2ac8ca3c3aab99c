import { GradusError } from "../core/errors.ts";
import type { NumericArray } from "./stored-array.ts";

/** Element types of files: unsigned, signed or float, with their width in bytes; `bf2` is bfloat16. */
export type ElementType = "u1" | "i1" | "u2" | "i2" | "u4" | "i4" | "u8" | "i8" | "f2" | "bf2" | "f4" | "f8";
export type ByteOrder = "little" | "big";

interface Element {
  readonly bytes: number;
  /** Decodes bytes in the machine's order that start at 0 of their buffer. */
  readonly decode: (buffer: ArrayBuffer, where: string) => NumericArray;
}

const elements = {
  u1: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
  i1: { bytes: 1, decode: (buffer) => new Int8Array(buffer) },
  u2: { bytes: 2, decode: (buffer) => new Uint16Array(buffer) },
  i2: { bytes: 2, decode: (buffer) => new Int16Array(buffer) },
  u4: { bytes: 4, decode: (buffer) => new Uint32Array(buffer) },
  i4: { bytes: 4, decode: (buffer) => new Int32Array(buffer) },
  u8: { bytes: 8, decode: (buffer, where) => narrowed(new BigUint64Array(buffer), where) },
  i8: { bytes: 8, decode: (buffer, where) => narrowed(new BigInt64Array(buffer), where) },
  f2: { bytes: 2, decode: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber) },
  bf2: {
    bytes: 2,
    decode: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (b) => b << 16).buffer),
  },
  f4: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  f8: { bytes: 8, decode: (buffer) => new Float64Array(buffer) },
} as const satisfies Record<ElementType, Element>;

const machineOrder: ByteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big";

export function bytesOf(type: ElementType): number {
  return elements[type].bytes;
}

/** `count` elements starting at byte `start`. Single bytes are a view of the source; wider types are copied to an aligned buffer.
 *  64-bit integers become int32 if all fit, else float64 if all are exact.
 *  @param where the file, for error messages.
 *  @throws GradusError `bad-data` with `{ where, index, value }` for a 64-bit integer beyond 2^53. */
export function decodeElements(
  source: Uint8Array,
  start: number,
  count: number,
  type: ElementType,
  order: ByteOrder,
  where: string,
): NumericArray {
  const { bytes, decode } = elements[type];
  if (type === "u1") return new Uint8Array(source.buffer, source.byteOffset + start, count);
  const copy = new Uint8Array(count * bytes);
  copy.set(source.subarray(start, start + count * bytes));
  if (order !== machineOrder) reverseEach(copy, bytes);
  return decode(copy.buffer, where);
}

const typeOfClass = new Map<string, ElementType>([
  ["Uint8Array", "u1"],
  ["Uint8ClampedArray", "u1"],
  ["Int8Array", "i1"],
  ["Uint16Array", "u2"],
  ["Int16Array", "i2"],
  ["Uint32Array", "u4"],
  ["Int32Array", "i4"],
  ["Float32Array", "f4"],
  ["Float64Array", "f8"],
]);

/** The element type with which a typed array is written. */
export function elementTypeOf(data: NumericArray): ElementType {
  return typeOfClass.get(data[Symbol.toStringTag]) as ElementType;
}

/** An array's bytes in the given order: a view of the array if that is the machine's order, else a copy. */
export function encodeElements(data: NumericArray, order: ByteOrder): Uint8Array {
  const own = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (order === machineOrder) return own;
  const bytes = own.slice();
  reverseEach(bytes, data.BYTES_PER_ELEMENT);
  return bytes;
}

function reverseEach(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
}

function narrowed(wide: BigInt64Array | BigUint64Array, where: string): Int32Array | Float64Array {
  const values = new Float64Array(wide.length);
  let fitsInt32 = true;
  for (let index = 0; index < wide.length; index++) {
    const value = Number(wide[index]);
    if (!Number.isSafeInteger(value)) {
      throw new GradusError(
        "bad-data",
        `${where}: element ${index} is ${wide[index]}, a 64-bit integer beyond 2^53, which a number cannot represent exactly. Store it as a float or a smaller integer.`,
        { where, index, value: wide[index] },
      );
    }
    values[index] = value;
    if (value !== (value | 0)) fitsInt32 = false;
  }
  return fitsInt32 ? Int32Array.from(values) : values;
}

/** IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
