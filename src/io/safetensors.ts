import { describe } from "../core/describe.ts";
import type { HostArray } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { checkOptions, type Fields, recordField } from "../core/fields.ts";
import { requireHostArray, stored } from "../core/host-array.ts";
import { parseJson } from "../core/json.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { bytesNeeded, excerpt, requireBytes, requireExactly } from "./damage.ts";
import { bytesOf, decodeElements, type ElementType, elementTypeOf, encodeElements } from "./elements.ts";
import { type NumericArray, toHostArray } from "./stored-array.ts";

/** Type names of the format, and their element types. */
const types = {
  BOOL: "u1",
  U8: "u1",
  I8: "i1",
  U16: "u2",
  I16: "i2",
  U32: "u4",
  I32: "i4",
  U64: "u8",
  I64: "i8",
  F16: "f2",
  BF16: "bf2",
  F32: "f4",
  F64: "f8",
} as const satisfies Record<string, ElementType>;

export type SafetensorsType = keyof typeof types;

/** Named arrays, in order, and string metadata. */
export interface Safetensors {
  readonly arrays: ReadonlyMap<string, HostArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: SafetensorsType;
  readonly shape: Shape;
  readonly data_offsets: readonly [number, number];
}

const LENGTH_BYTES = 8;
/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/** Reads a safetensors file: the length of the header (uint64), the header (JSON), the bytes of the arrays, little-endian, row-major.
 *  F32 and F64 keep their width, F16 and BF16 become float32; integers become int32 (uint32 for U32), BOOL becomes bool.
 *  @param file name for error messages.
 *  @throws GradusError `truncated-file` with `{ file, expected, got }` in bytes; `bad-data` for an invalid header, for offsets that
 *  overlap or leave gaps, and for integers that do not fit int32.
 *  Source: Hugging Face, "Safetensors: format", 2022. */
export function decodeSafetensors(bytes: Uint8Array, file = "safetensors"): Safetensors {
  requireBytes(file, bytes, LENGTH_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new GradusError(
      "bad-data",
      `${file}: not a safetensors file: its header would be ${headerBytes} bytes long.`,
      { file, headerBytes },
    );
  }
  const dataStart = LENGTH_BYTES + headerBytes;
  requireBytes(file, bytes, dataStart);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), file);
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  const checked = entries.map(([name, entry]) => ({ name, entry: checkEntry(file, name, entry) }));
  const dataBytes = checkOffsets(file, checked);
  requireExactly(file, bytes, dataStart + dataBytes);
  const arrays = checked.map(({ name, entry }) => {
    const data = decodeElements(
      bytes,
      dataStart + entry.data_offsets[0],
      sizeOf(entry.shape),
      types[entry.dtype],
      "little",
      `${file}, "${name}"`,
    );
    return [name, toTensor(file, name, entry, data)] as const;
  });
  return { arrays: new Map(arrays), metadata: checkMetadata(file, header.__metadata__) };
}

function toTensor(file: string, name: string, { dtype, shape }: Entry, data: NumericArray): HostArray {
  const isInteger = dtype !== "F32" && dtype !== "F64" && dtype !== "F16" && dtype !== "BF16";
  if (isInteger && data instanceof Float64Array) {
    throw new GradusError(
      "bad-data",
      `${file}: "${name}" is ${dtype} with values beyond int32. Save it as F64 or I32.`,
      { file, name, dtype },
    );
  }
  return toHostArray({ shape, data, boolean: dtype === "BOOL" });
}

function parseHeader(bytes: Uint8Array, file: string): Record<string, unknown> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const header = parseJson(file, text, { unique: true });
    if (typeof header === "object" && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof GradusError) throw cause;
    throw new GradusError("bad-data", `${file}: not a safetensors file: the header is not JSON.`, { file }, { cause });
  }
  throw new GradusError("bad-data", `${file}: not a safetensors file: the header is not an object.`, { file });
}

function checkEntry(file: string, name: string, value: unknown): Entry {
  const fail = (what: string) =>
    new GradusError("bad-data", `${file}: array "${excerpt(name)}": ${what}.`, { file, name, entry: value });
  if (typeof value !== "object" || value === null) throw fail("its header entry is not an object");
  const { dtype, shape, data_offsets: offsets } = value as Partial<Record<keyof Entry, unknown>>;
  if (typeof dtype !== "string" || !Object.hasOwn(types, dtype)) {
    throw fail(
      `type ${excerpt(JSON.stringify(dtype) ?? "")} is not supported (known: ${Object.keys(types).join(", ")})`,
    );
  }
  const isSize = (each: unknown) => Number.isSafeInteger(each) && (each as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize)) throw fail("its shape is not a list of sizes");
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    throw fail("its data_offsets are not two offsets");
  const entry = { dtype, shape, data_offsets: offsets } as unknown as Entry;
  const expected = bytesNeeded(file, `array "${excerpt(name)}"`, entry.shape, bytesOf(types[entry.dtype]));
  const got = entry.data_offsets[1] - entry.data_offsets[0];
  if (expected !== got)
    throw fail(`shape (${shape.join(", ")}) of ${dtype} needs ${expected} bytes, but its data_offsets span ${got}`);
  return entry;
}

/** The arrays must tile the data without gaps or overlaps. Returns the size of the data in bytes. */
function checkOffsets(file: string, entries: readonly { readonly name: string; readonly entry: Entry }[]): number {
  let end = 0;
  const inOrder = entries.toSorted(
    (a, b) => a.entry.data_offsets[0] - b.entry.data_offsets[0] || a.entry.data_offsets[1] - b.entry.data_offsets[1],
  );
  for (const { name, entry } of inOrder) {
    if (entry.data_offsets[0] !== end) {
      throw new GradusError(
        "bad-data",
        `${file}: array "${name}" begins at byte ${entry.data_offsets[0]} of the data, expected ${end}.`,
        {
          file,
          name,
          expected: end,
          got: entry.data_offsets[0],
        },
      );
    }
    end = entry.data_offsets[1];
  }
  return end;
}

function checkMetadata(file: string, value: unknown = {}): Readonly<Record<string, string>> {
  if (typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string")) {
    return value as Record<string, string>;
  }
  throw new GradusError("bad-data", `${file}: __metadata__ is not an object of strings.`, { file });
}

export interface EncodeOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Types that differ from the array's own, by name: `{ "1.num_batches_tracked": "I64" }`. Only I64 for integers, F32 for float64. */
  readonly types?: Readonly<Record<string, "I64" | "F32">>;
}

const ENCODE_FIELDS: Fields<EncodeOptions> = {
  metadata: recordField("strings by name"),
  types: recordField('types by name: { "1.count": "I64" }'),
};

/** The bytes of a safetensors file. float32 data is F32 or, in a Float64Array, F64; int32 I32, uint32 U32, bool BOOL.
 *  The header names the arrays in the given order; the data are stored widest type first, so that each array is aligned.
 *  @throws GradusError `shape-mismatch` or `bad-argument` for an array that contradicts itself. */
export function encodeSafetensors(
  arrays: Iterable<readonly [string, HostArray]>,
  options: EncodeOptions = {},
): Uint8Array {
  checkOptions<EncodeOptions>("safetensors", options, ENCODE_FIELDS);
  requireArgument(
    typeof arrays?.[Symbol.iterator] === "function" && typeof arrays !== "string",
    `safetensors: expected arrays by name, a Map or pairs [name, array], got ${describe(arrays)}.`,
  );
  const { metadata = {}, types: wanted = {} } = options;
  const encoded = [...arrays].map(([name, array]) => ({
    name,
    array,
    ...encodeArray(name, array, Object.hasOwn(wanted, name) ? wanted[name] : undefined),
  }));
  let end = 0;
  const offsets = new Map<string, readonly [number, number]>();
  const inOrder = encoded.toSorted((a, b) => bytesOf(types[b.dtype]) - bytesOf(types[a.dtype]));
  for (const { name, bytes } of inOrder) {
    if (name === "__metadata__" || offsets.has(name)) {
      throw new GradusError(
        "bad-argument",
        `encodeSafetensors: "${name}" is ${offsets.has(name) ? "given twice" : "reserved"}.`,
        { name },
      );
    }
    offsets.set(name, [end, end + bytes.length]);
    end += bytes.length;
  }
  // Built by hand: an object would move names that look like numbers to the front.
  const members = encoded.map(
    ({ name, dtype, array }) => [name, { dtype, shape: array.shape, data_offsets: offsets.get(name) }] as const,
  );
  const all = Object.keys(metadata).length === 0 ? members : [["__metadata__", metadata] as const, ...members];
  const json = `{${all.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
  const text = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(text, LENGTH_BYTES);
  for (const { name, bytes } of inOrder)
    file.set(bytes, LENGTH_BYTES + headerBytes + (offsets.get(name)?.[0] as number));
  return file;
}

const typeOfElement = new Map<ElementType, SafetensorsType>([
  ["f4", "F32"],
  ["f8", "F64"],
  ["i4", "I32"],
  ["u4", "U32"],
]);

function encodeArray(
  name: string,
  array: HostArray,
  wanted: "I64" | "F32" | undefined,
): { readonly dtype: SafetensorsType; readonly bytes: Uint8Array } {
  requireHostArray(`encodeSafetensors: "${name}"`, array, { name });
  const { dtype, data } = stored(array);
  if (dtype === "bool") return { dtype: "BOOL", bytes: Uint8Array.from(data) };
  const own = typeOfElement.get(elementTypeOf(data)) as SafetensorsType;
  if (wanted === undefined || wanted === own) return { dtype: own, bytes: encodeElements(data, "little") };
  if (wanted === "F32" && own === "F64")
    return { dtype: "F32", bytes: encodeElements(Float32Array.from(data), "little") };
  if (wanted === "I64" && own !== "F32" && own !== "F64") {
    const wide = new DataView(new ArrayBuffer(8 * data.length));
    data.forEach((value, index) => {
      wide.setBigInt64(8 * index, BigInt(value), true);
    });
    return { dtype: "I64", bytes: new Uint8Array(wide.buffer) };
  }
  throw new GradusError(
    "bad-argument",
    `encodeSafetensors: "${name}" is ${own}, which cannot be written as ${wanted}.`,
    {
      name,
      own,
      wanted,
    },
  );
}
