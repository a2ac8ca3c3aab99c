import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { readIdx, writeIdx } from "../../src/files/files.ts";
import { decodeIdx, encodeIdx } from "../../src/io/idx.ts";
import { failure } from "../data/errors.ts";
import { storedArrays } from "./arbitrary.ts";
import { scratchFolder } from "./scratch.ts";

const folder = scratchFolder();

/** Type int16, two axes (2, 3), elements 1, -2, 3, 256, 5, 6. */
const known = Uint8Array.of(0, 0, 0x0b, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 0xff, 0xfe, 0, 3, 1, 0, 0, 5, 0, 6);

describe("IDX", () => {
  test("reads big-endian elements in the order of the format", () => {
    assert.deepEqual(decodeIdx(known, "known"), { shape: [2, 3], data: Int16Array.of(1, -2, 3, 256, 5, 6) });
    assert.deepEqual(encodeIdx({ shape: [2, 3], data: Int16Array.of(1, -2, 3, 256, 5, 6) }), known);
  });

  test("every element type round-trips", () => {
    fc.assert(
      fc.property(storedArrays(["u1", "i1", "i2", "i4", "f4", "f8"]), (array) => {
        assert.deepEqual(decodeIdx(encodeIdx(array), "array"), array);
      }),
    );
  });

  test("bytes are a view, not a copy", () => {
    const bytes = encodeIdx({ shape: [3], data: Uint8Array.of(7, 8, 9) });
    assert.equal(decodeIdx(bytes, "bytes").data.buffer, bytes.buffer);
  });

  test("gzip is detected by its magic number, not by the name", () => {
    const file = join(folder, "packed");
    writeFileSync(file, gzipSync(known));
    assert.deepEqual(readIdx(file).data, Int16Array.of(1, -2, 3, 256, 5, 6));
    const plain = join(folder, "deeper", "plain.idx");
    writeIdx(plain, { shape: [1], data: Float64Array.of(Math.PI) });
    assert.deepEqual(readIdx(plain), { shape: [1], data: Float64Array.of(Math.PI) });
  });

  test("a truncated file reports the expected and actual bytes, at every length", () => {
    for (let length = 12; length < known.length; length++) {
      const cut = known.subarray(0, length);
      assert.throws(
        () => decodeIdx(cut, "cut.idx"),
        failure("truncated-file", { file: "cut.idx", expected: 24, got: length }),
      );
    }
    for (let length = 4; length < 12; length++) {
      assert.throws(
        () => decodeIdx(known.subarray(0, length), "cut"),
        failure("truncated-file", { expected: 12, got: length }),
      );
    }
    assert.throws(() => decodeIdx(new Uint8Array(0), "empty"), failure("truncated-file", { expected: 4, got: 0 }));
  });

  test("a truncated gzip stream reports the same for the unpacked bytes, or that its end is missing", () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff);
    const packed = gzipSync(encodeIdx({ shape: [5000], data: noise }));
    const file = join(folder, "cut.gz");
    writeFileSync(file, packed.subarray(0, packed.length / 2));
    assert.throws(
      () => readIdx(file),
      (error) => {
        failure("truncated-file", { file, expected: 5008 })(error);
        const { got } = (error as { values: { got: number } }).values;
        return got > 0 && got < 5008;
      },
    );
    writeFileSync(file, packed.subarray(0, packed.length - 4));
    assert.throws(() => readIdx(file), failure("truncated-file", { file, got: 5008 }));
  });

  test("damage and other formats are distinguished from truncation", () => {
    const packed = gzipSync(known);
    packed[packed.length - 6] = (packed[packed.length - 6] as number) ^ 0xff;
    const file = join(folder, "damaged.gz");
    writeFileSync(file, packed);
    assert.throws(() => readIdx(file), failure("bad-data", { file }));
    assert.throws(
      () => decodeIdx(Uint8Array.of(0x89, 0x50, 0x4e, 0x47), "image.png"),
      failure("bad-data", { magic: "89 50 4e 47" }),
    );
    assert.throws(() => decodeIdx(Uint8Array.of(0, 0, 0x0a, 1), "type"), failure("bad-data"));
    assert.throws(() => decodeIdx(Uint8Array.of(...known, 0), "long"), failure("bad-data", { expected: 24, got: 25 }));
    assert.throws(() => readIdx(join(folder, "absent")), failure("file-not-found", { file: join(folder, "absent") }));
    assert.throws(() => readIdx(folder), failure("bad-data", { file: folder, reason: "EISDIR" }));
  });

  test("arrays that the format cannot hold are rejected", () => {
    assert.throws(() => encodeIdx({ shape: [1], data: Uint32Array.of(1) }), failure("bad-argument"));
    assert.throws(() => encodeIdx({ shape: [2], data: Uint8Array.of(1) }), failure("shape-mismatch"));
  });
});
