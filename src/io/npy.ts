import { GradusError } from "../core/errors.ts";
import { type Shape, sizeOf, stridesOf } from "../core/shape.ts";
import { bytesNeeded, excerpt, requireBytes, requireExactly } from "./damage.ts";
import {
  type ByteOrder,
  bytesOf,
  decodeElements,
  type ElementType,
  elementTypeOf,
  encodeElements,
} from "./elements.ts";
import { type NumericArray, requireStoredArray, type StoredArray } from "./stored-array.ts";

const MAGIC = "\x93NUMPY";
/** In bytes. NumPy itself rejects more than 10,000 characters. */
const LONGEST_HEADER = 2 ** 16;

/** NumPy's type codes without their byte order. `b1` is a byte that is 0 or 1. */
const elementTypes = new Map<string, ElementType>([
  ["b1", "u1"],
  ["u1", "u1"],
  ["i1", "i1"],
  ["u2", "u2"],
  ["i2", "i2"],
  ["u4", "u4"],
  ["i4", "i4"],
  ["u8", "u8"],
  ["i8", "i8"],
  ["f2", "f2"],
  ["f4", "f4"],
  ["f8", "f8"],
]);

interface Header {
  readonly code: string;
  readonly order: ByteOrder;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
}

/** One array from a .npy file, versions 1 to 3, either byte order, either memory order (returned row-major).
 *  64-bit integers become int32 if all fit, else float64; float16 becomes float32.
 *  @param file name for error messages.
 *  @throws GradusError `truncated-file` with `{ file, expected, got }` in bytes; `bad-data` for other files and for elements that are not numbers.
 *  Source: NumPy documentation, "numpy.lib.format", and NEP 1 (Kern, 2007). */
export function decodeNpy(bytes: Uint8Array, file = "npy"): StoredArray {
  requireBytes(file, bytes, 0);
  if (latin1(bytes.subarray(0, 6)) !== MAGIC) {
    throw new GradusError(
      "bad-data",
      `${file}: not an npy file: it does not begin with \\x93NUMPY. (An .npz file is a zip of npy files; unpack it first.)`,
      {
        file,
      },
    );
  }
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) {
    throw new GradusError("bad-data", `${file}: npy version ${version} is not supported; versions 1 to 3 are.`, {
      file,
      version,
    });
  }
  const headerStart = version === 1 ? 10 : 12;
  requireBytes(file, bytes, headerStart);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = headerStart + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  requireBytes(file, bytes, dataStart);
  if (dataStart > LONGEST_HEADER) {
    throw new GradusError(
      "bad-data",
      `${file}: its npy header is ${dataStart - headerStart} bytes long; the header of a plain array has less than ${LONGEST_HEADER}.`,
      { file, headerBytes: dataStart - headerStart },
    );
  }
  const headerBytes = bytes.subarray(headerStart, dataStart);
  const header = parseHeader(version === 3 ? new TextDecoder().decode(headerBytes) : latin1(headerBytes), file);
  const type = elementTypes.get(header.code);
  if (type === undefined) {
    throw new GradusError(
      "bad-data",
      `${file}: elements of type "${header.code}" are not supported (known: ${[...elementTypes.keys()].join(", ")}). Convert with .astype("float32") before saving.`,
      { file, type: header.code },
    );
  }
  requireExactly(file, bytes, dataStart + bytesNeeded(file, "the header", header.shape, bytesOf(type)));
  const count = sizeOf(header.shape);
  const stored = decodeElements(bytes, dataStart, count, type, header.order, file);
  const data = header.fortranOrder ? toRowMajor(stored, header.shape) : stored;
  return header.code === "b1" ? { shape: header.shape, data, boolean: true } : { shape: header.shape, data };
}

/** The bytes of a .npy file, version 1, little-endian, row-major.
 *  @throws GradusError as `requireStoredArray`. */
export function encodeNpy(array: StoredArray): Uint8Array {
  requireStoredArray("encodeNpy", array);
  const { shape, data, boolean } = array;
  const stored = boolean === true ? Uint8Array.from(data, (value) => (value === 0 ? 0 : 1)) : data;
  const code = boolean === true ? "b1" : elementTypeOf(stored);
  const descr = `${stored.BYTES_PER_ELEMENT === 1 ? "|" : "<"}${code}`;
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Magic, version, length and header together are a multiple of 64 bytes and end with a newline.
  const padding = 63 - ((10 + dictionary.length) % 64);
  const header = `${dictionary}${" ".repeat(padding)}\n`;
  const bytes = new Uint8Array(10 + header.length + stored.byteLength);
  bytes.set(Uint8Array.from(`${MAGIC}\x01\x00`, (letter) => letter.charCodeAt(0)));
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(
    Uint8Array.from(header, (letter) => letter.charCodeAt(0)),
    10,
  );
  bytes.set(encodeElements(stored, "little"), 10 + header.length);
  return bytes;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** The header is a Python dictionary; NumPy always writes it in this form: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */
function parseHeader(text: string, file: string): Header {
  const descr = /['"]descr['"]\s*:\s*['"]([<>|=]?)([A-Za-z]\d+)['"]/.exec(text);
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/.exec(text);
  if (descr === null || fortran === null || shape === null) {
    throw new GradusError(
      "bad-data",
      `${file}: the npy header does not have one plain element type, fortran_order and shape: ${excerpt(text)}`,
      { file, header: excerpt(text) },
    );
  }
  return {
    code: descr[2] as string,
    order: descr[1] === ">" ? "big" : "little",
    fortranOrder: fortran[1] === "True",
    shape: (shape[1] as string)
      .split(",")
      .map((size) => size.replace("L", "").trim())
      .filter((size) => size !== "")
      .map(Number),
  };
}

/** Column-major to row-major: the first axis varies fastest in the source, the last in the result. */
function toRowMajor(source: NumericArray, shape: Shape): NumericArray {
  const result = source.slice();
  const strides = stridesOf(shape.toReversed()).reverse();
  const place = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let index = 0; index < result.length; index++) {
    result[index] = source[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      place[axis] = 0;
    }
  }
  return result;
}
