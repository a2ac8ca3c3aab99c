import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readNpy, writeNpy } from "../../src/files/files.ts";
import { decodeNpy, encodeNpy } from "../../src/io/npy.ts";
import { type StoredArray, toHostArray } from "../../src/io/stored-array.ts";
import { failure } from "../data/errors.ts";
import { storedArrays } from "./arbitrary.ts";
import { scratchFolder } from "./scratch.ts";

const folder = scratchFolder();

/** A file as written by NumPy 2: magic, version, the header padded to `headerBytes`, then data in hexadecimal. */
function file(version: 1 | 2 | 3, dictionary: string, dataHex: string): Uint8Array {
  const lengthBytes = version === 1 ? 2 : 4;
  const header = `${dictionary.padEnd(128 - 8 - lengthBytes - 1)}\n`;
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16LE(header.length);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from("\x93NUMPY", "latin1"),
      Buffer.of(version, 0),
      length,
      Buffer.from(header),
      Buffer.from(dataHex, "hex"),
    ]),
  );
}

const header = (descr: string, fortran: "True" | "False", shape: string) =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

/** Bytes written by NumPy 2.4, and their source arrays. */
const written: Readonly<Record<string, { readonly bytes: Uint8Array; readonly array: StoredArray }>> = {
  "float64, column-major": {
    bytes: file(
      1,
      header("<f8", "True", "(2, 3)"),
      "0000000000000000000000000000f83f000000000000e03f0000000000000040000000000000f03f0000000000000440",
    ),
    array: { shape: [2, 3], data: Float64Array.of(0, 0.5, 1, 1.5, 2, 2.5) },
  },
  "int32, big-endian": {
    bytes: file(1, header(">i4", "False", "(2, 3)"), "fffffffdfffffffeffffffff000000000000000100000002"),
    array: { shape: [2, 3], data: Int32Array.of(-3, -2, -1, 0, 1, 2) },
  },
  bool: {
    bytes: file(1, header("|b1", "False", "(3,)"), "010001"),
    array: { shape: [3], data: Uint8Array.of(1, 0, 1), boolean: true },
  },
  "int64, version 2": {
    bytes: file(2, header("<i8", "False", "(3,)"), "0000000000000000ffffffffffffffff0200000000000000"),
    array: { shape: [3], data: Int32Array.of(0, -1, 2) },
  },
  "int64 beyond int32": {
    bytes: file(1, header("<i8", "False", "(1,)"), "0000000001000000"),
    array: { shape: [1], data: Float64Array.of(2 ** 32) },
  },
  "float16, version 3": {
    bytes: file(3, header("<f2", "False", "(4,)"), "003e00c0ff7b0100"),
    array: { shape: [4], data: Float32Array.of(1.5, -2, 65504, 2 ** -24) },
  },
  "a scalar": {
    bytes: file(1, header("<f4", "False", "()"), "00002040"),
    array: { shape: [], data: Float32Array.of(2.5) },
  },
  "three axes, column-major": {
    bytes: file(1, header("|u1", "True", "(2, 3, 4)"), "000c04100814010d05110915020e06120a16030f07130b17"),
    array: { shape: [2, 3, 4], data: Uint8Array.from({ length: 24 }, (_, i) => i) },
  },
};

describe("npy", () => {
  for (const [name, { bytes, array }] of Object.entries(written)) {
    test(`reads NumPy's file: ${name}`, () => assert.deepEqual(decodeNpy(bytes, name), array));
  }

  test("writes the same bytes as NumPy", () => {
    const { bytes, array } = written["a scalar"] as { bytes: Uint8Array; array: StoredArray };
    assert.deepEqual(encodeNpy(array), bytes);
    const flags = written.bool as { bytes: Uint8Array; array: StoredArray };
    assert.deepEqual(encodeNpy(flags.array), flags.bytes);
  });

  test("every element type round-trips", () => {
    fc.assert(
      fc.property(storedArrays(["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"]), (array) => {
        const bytes = encodeNpy(array);
        assert.equal((bytes.length - array.data.byteLength) % 64, 0);
        assert.deepEqual(decodeNpy(bytes, "array"), array);
      }),
    );
  });

  test("column-major files of any shape are converted to row-major", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, (shape) => {
        const size = shape.reduce((product, each) => product * each, 1);
        const data = Int32Array.from({ length: size }, (_, i) => i);
        const columnMajor = Buffer.alloc(4 * size);
        for (let index = 0; index < size; index++) {
          let rest = index;
          const place = shape.toReversed().map((each) => {
            const at = rest % each;
            rest = Math.floor(rest / each);
            return at;
          });
          const coordinates = place.reverse();
          const target = coordinates.reduceRight((sum, at, axis) => sum * (shape[axis] as number) + at, 0);
          columnMajor.writeInt32LE(index, 4 * target);
        }
        const bytes = file(1, header("<i4", "True", `(${shape.join(", ")},)`), columnMajor.toString("hex"));
        assert.deepEqual(decodeNpy(bytes, "array"), { shape, data });
      }),
    );
  });

  test("converts to a host array of the engine", () => {
    const host = (name: string) => toHostArray((written[name] as { array: StoredArray }).array);
    assert.deepEqual(host("bool"), { shape: [3], dtype: "bool", data: Int32Array.of(1, 0, 1) });
    assert.equal(host("a scalar").dtype, "float32");
    assert.deepEqual(
      host("three axes, column-major").data,
      Int32Array.from({ length: 24 }, (_, i) => i),
    );
  });

  test("through a file", () => {
    const array = { shape: [2], data: Float32Array.of(1, -0) };
    writeNpy(join(folder, "a.npy"), array);
    assert.deepEqual(readNpy(join(folder, "a.npy")), array);
  });

  test("a truncated file reports the expected and actual bytes", () => {
    const bytes = encodeNpy({ shape: [4], data: Float32Array.of(1, 2, 3, 4) });
    for (const length of [127, 128, 143]) {
      const expected = length < 128 ? 128 : 144;
      assert.throws(
        () => decodeNpy(bytes.subarray(0, length), "cut.npy"),
        failure("truncated-file", { file: "cut.npy", expected, got: length }),
      );
    }
    assert.throws(
      () => decodeNpy(bytes.subarray(0, 8), "cut.npy"),
      failure("truncated-file", { expected: 10, got: 8 }),
    );
  });

  test("anything but an array of numbers is rejected", () => {
    assert.throws(() => decodeNpy(Buffer.from("PK\x03\x04......"), "a.npz"), failure("bad-data"));
    assert.throws(
      () => decodeNpy(file(1, header("<U2", "False", "(1,)"), "6100000062000000"), "text"),
      failure("bad-data", { type: "U2" }),
    );
    assert.throws(
      () => decodeNpy(file(1, header("<c8", "False", "(1,)"), "0000000000000000"), "complex"),
      failure("bad-data", { type: "c8" }),
    );
    const record = "{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (1,), }";
    assert.throws(() => decodeNpy(file(1, record, "0000000000000000"), "record"), failure("bad-data"));
    assert.throws(
      () => decodeNpy(file(1, header("<i8", "False", "(1,)"), "0000000000000040"), "huge"),
      failure("bad-data", { index: 0 }),
    );
    const versionNine = encodeNpy({ shape: [], data: Uint8Array.of(1) });
    versionNine[6] = 9;
    assert.throws(() => decodeNpy(versionNine, "version"), failure("bad-data", { version: 9 }));
    assert.throws(
      () => decodeNpy(Uint8Array.of(...encodeNpy({ shape: [], data: Uint8Array.of(1) }), 0), "long"),
      failure("bad-data"),
    );
    assert.throws(() => encodeNpy({ shape: [3], data: Uint8Array.of(1) }), failure("shape-mismatch"));
  });
});
