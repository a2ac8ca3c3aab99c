import { GradusError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import { bytesNeeded, requireBytes, requireExactly } from "./damage.ts";
import { bytesOf, decodeElements, type ElementType, elementTypeOf, encodeElements } from "./elements.ts";
import { requireStoredArray, type StoredArray } from "./stored-array.ts";

/** The third byte of the magic number. */
const elementTypes = new Map<number, ElementType>([
  [0x08, "u1"],
  [0x09, "i1"],
  [0x0b, "i2"],
  [0x0c, "i4"],
  [0x0d, "f4"],
  [0x0e, "f8"],
]);

/** IDX: the format of MNIST. Two zero bytes, a type, the rank, the sizes as big-endian uint32, the elements, big-endian.
 *  Bytes are a view of the source, without a copy.
 *  @param file name for error messages.
 *  @throws GradusError `truncated-file` with `{ file, expected, got }` in bytes; `bad-data` for any other defect.
 *  Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits". */
export function decodeIdx(bytes: Uint8Array, file = "idx"): StoredArray {
  requireBytes(file, bytes, 4);
  const [zero0, zero1, typeCode, rank] = bytes as Uint8Array & [number, number, number, number];
  const type = elementTypes.get(typeCode);
  if (zero0 !== 0 || zero1 !== 0 || type === undefined) {
    const magic = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new GradusError(
      "bad-data",
      `${file}: not an IDX file. It should begin with 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the rank; it begins with ${magic}.`,
      { file, magic },
    );
  }
  const headerBytes = 4 + 4 * rank;
  requireBytes(file, bytes, headerBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis, false));
  requireExactly(file, bytes, headerBytes + bytesNeeded(file, "the header", shape, bytesOf(type)));
  return { shape, data: decodeElements(bytes, headerBytes, sizeOf(shape), type, "big", file) };
}

/** The bytes of an IDX file.
 *  @throws GradusError `bad-argument` for uint16 and uint32, which the format lacks, and for more than 255 axes; as `requireStoredArray`. */
export function encodeIdx(array: StoredArray): Uint8Array {
  requireStoredArray("encodeIdx", array);
  const { shape, data } = array;
  const type = elementTypeOf(data);
  const code = [...elementTypes].find(([, each]) => each === type)?.[0];
  if (code === undefined || shape.length > 255) {
    throw new GradusError(
      "bad-argument",
      `encodeIdx: IDX holds uint8, int8, int16, int32, float32 and float64 of up to 255 axes, not ${data.constructor.name} of ${shape.length}.`,
      { type, rank: shape.length },
    );
  }
  const bytes = new Uint8Array(4 + 4 * shape.length + data.byteLength);
  bytes.set([0, 0, code, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size, false);
  });
  bytes.set(encodeElements(data, "big"), 4 + 4 * shape.length);
  return bytes;
}
