import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { HostArray } from "../../src/core/dtype.ts";
import { readCheckpoint, readSafetensors, writeCheckpoint, writeSafetensors } from "../../src/files/files.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/io/checkpoint.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import { toHostArray } from "../../src/io/stored-array.ts";
import { failure } from "../data/errors.ts";
import { storedArrays } from "./arbitrary.ts";
import { scratchFolder } from "./scratch.ts";

const folder = scratchFolder();

/** A file with this header, as text, and the given number of zero bytes as data. */
function withHeader(header: unknown, dataBytes: number): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([length, text, Buffer.alloc(dataBytes)]));
}

const float: HostArray = { shape: [2, 2], dtype: "float32", data: Float32Array.of(1, 2, 3, 4) };

describe("safetensors", () => {
  test("reads a file of the reference implementation", () => {
    // safetensors.numpy.save({"layer.weight": arange(6).reshape(2, 3) / 4, "steps": int64 7, "mask": [True, False], "half": float16 [0.5, -1]})
    const bytes = Buffer.from(
      "GAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtYWRlIjoiYnkgaGFuZCJ9LCJzdGVwcyI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX0sImxheWVyLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbOCwzMl19LCJoYWxmIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzZdfSwibWFzayI6eyJkdHlwZSI6IkJPT0wiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlszNiwzOF19fSAgICAgBwAAAAAAAAAAAAAAAACAPgAAAD8AAEA/AACAPwAAoD8AOAC8AQA=",
      "base64",
    );
    const { arrays, metadata } = decodeSafetensors(bytes, "reference");
    assert.deepEqual({ ...metadata }, { made: "by hand" });
    assert.deepEqual(arrays.get("layer.weight"), {
      shape: [2, 3],
      dtype: "float32",
      data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25),
    });
    assert.deepEqual(arrays.get("steps"), { shape: [], dtype: "int32", data: Int32Array.of(7) });
    assert.deepEqual(arrays.get("mask"), { shape: [2], dtype: "bool", data: Int32Array.of(1, 0) });
    assert.deepEqual(arrays.get("half"), { shape: [2], dtype: "float32", data: Float32Array.of(0.5, -1) });
    assert.equal(arrays.size, 4);
  });

  test("bfloat16 is the upper half of float32", () => {
    const bytes = withHeader({ a: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, 4);
    bytes.set([0x80, 0x3f, 0x20, 0xc1], bytes.length - 4);
    assert.deepEqual(decodeSafetensors(bytes, "bf16").arrays.get("a")?.data, Float32Array.of(1, -10));
  });

  test("any mixture of arrays round-trips in order, with its metadata", () => {
    const named = fc.uniqueArray(fc.tuple(fc.string(), storedArrays(["f4", "f8", "i4", "u4"]).map(toHostArray)), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    const usable = named.filter((pairs) => pairs.every(([name]) => name !== "__metadata__" && !/^\d+$/.test(name)));
    fc.assert(
      fc.property(usable, fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (pairs, metadata) => {
        const decoded = decodeSafetensors(encodeSafetensors(pairs, { metadata }), "array");
        assert.deepEqual([...decoded.arrays], pairs);
        assert.deepEqual({ ...decoded.metadata }, { ...metadata });
      }),
    );
  });

  test("every array is aligned to its element size, in any order", () => {
    const bytes = encodeSafetensors([
      ["flag", { shape: [1], dtype: "bool", data: Int32Array.of(1) }],
      ["wide", { shape: [1], dtype: "float32", data: Float64Array.of(0.1) }],
      ["float", float],
    ]);
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.equal(headerBytes % 8, 0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as Record<
      string,
      { data_offsets: number[] }
    >;
    assert.deepEqual(
      Object.entries(header).map(([name, { data_offsets }]) => [name, ...data_offsets]),
      [
        ["flag", 24, 25],
        ["wide", 0, 8],
        ["float", 8, 24],
      ],
    );
    assert.deepEqual(decodeSafetensors(bytes, "a").arrays.get("wide")?.data, Float64Array.of(0.1));
  });

  test("types other than the array's own, if requested", () => {
    const steps: HostArray = { shape: [2], dtype: "int32", data: Int32Array.of(-1, 5) };
    const wide: HostArray = { shape: [1], dtype: "float32", data: Float64Array.of(0.1) };
    const bytes = encodeSafetensors(
      [
        ["steps", steps],
        ["wide", wide],
      ],
      { types: { steps: "I64", wide: "F32" } },
    );
    const { arrays } = decodeSafetensors(bytes, "typed");
    assert.deepEqual(arrays.get("steps"), steps);
    assert.deepEqual(arrays.get("wide")?.data, Float32Array.of(0.1));
    assert.match(Buffer.from(bytes).toString("latin1"), /"dtype":"I64"/);
    assert.throws(() => encodeSafetensors([["float", float]], { types: { float: "I64" } }), failure("bad-argument"));
  });

  test("a truncated file reports the expected and actual bytes, at every length", () => {
    const bytes = encodeSafetensors([["a", float]]);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(
        () => decodeSafetensors(bytes.subarray(0, length), "cut"),
        failure("truncated-file", { file: "cut", got: length }),
      );
    }
    assert.throws(
      () => decodeSafetensors(bytes.subarray(0, -1), "cut"),
      failure("truncated-file", { expected: bytes.length }),
    );
  });

  test("false headers are rejected", () => {
    const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
    const refused: Readonly<Record<string, Uint8Array>> = {
      "not JSON": withHeader("{", 0),
      "not an object": withHeader([1], 0),
      "unknown type": withHeader({ a: { ...entry, dtype: "F8" } }, 8),
      "inherited name as type": withHeader({ a: { ...entry, dtype: "toString" } }, 8),
      "negative size": withHeader({ a: { ...entry, shape: [-2] } }, 8),
      "wrong length": withHeader({ a: { ...entry, shape: [3] } }, 8),
      "offsets backwards": withHeader({ a: { ...entry, data_offsets: [8, 0] } }, 8),
      overlap: withHeader({ a: entry, b: { ...entry, data_offsets: [4, 12] } }, 12),
      gap: withHeader({ a: entry, b: { ...entry, data_offsets: [12, 20] } }, 20),
      "bytes left over": withHeader({ a: entry }, 12),
      "metadata of numbers": withHeader({ __metadata__: { a: 1 } }, 0),
      "endless header": Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127),
    };
    for (const [name, bytes] of Object.entries(refused))
      assert.throws(() => decodeSafetensors(bytes, name), failure("bad-data"), name);
  });

  test("inconsistent arrays are rejected", () => {
    assert.throws(() => encodeSafetensors([["a", { ...float, shape: [3] }]]), failure("shape-mismatch", { name: "a" }));
    assert.throws(
      () =>
        encodeSafetensors([
          ["a", float],
          ["a", float],
        ]),
      failure("bad-argument", { name: "a" }),
    );
    assert.throws(() => encodeSafetensors([["__metadata__", float]]), failure("bad-argument"));
  });

  test("through a file, which is replaced whole and leaves nothing next to it", () => {
    const file = join(folder, "safe", "w.safetensors");
    writeSafetensors(file, [["a", float]]);
    writeSafetensors(file, [["b", float]], { metadata: { epoch: "2" } });
    assert.deepEqual([...readSafetensors(file).arrays], [["b", float]]);
    assert.deepEqual(readdirSync(join(folder, "safe")), ["w.safetensors"]);
  });
});

describe("checkpoint", () => {
  const checkpoint: Checkpoint = {
    arrays: new Map([
      ["0.weight", float],
      ["0.seen", { shape: [], dtype: "int32", data: Int32Array.of(3) }],
    ]),
    metadata: { model: [{ type: "linear", inputs: 2, outputs: 2 }], epoch: 4, best: null, note: 'quotes " and é' },
  };

  test("arrays and metadata round-trip", () => {
    const again = decodeCheckpoint(encodeCheckpoint(checkpoint), "run");
    assert.deepEqual(again.metadata, checkpoint.metadata);
    assert.deepEqual([...again.arrays], [...checkpoint.arrays]);
    writeCheckpoint(join(folder, "run.safetensors"), checkpoint);
    assert.deepEqual(readCheckpoint(join(folder, "run.safetensors")), again);
  });

  test("is an ordinary safetensors file", () => {
    assert.deepEqual(decodeSafetensors(encodeCheckpoint(checkpoint), "run").arrays.get("0.weight"), float);
  });

  test("other safetensors files and later versions are rejected", () => {
    assert.throws(() => decodeCheckpoint(encodeSafetensors([["a", float]]), "plain"), failure("bad-data"));
    const later = encodeSafetensors([], { metadata: { format: "gradus-checkpoint", version: "2", gradus: "{}" } });
    assert.throws(() => decodeCheckpoint(later, "later"), failure("bad-data", { version: "2" }));
  });

  test("metadata that JSON cannot represent is rejected, with its path", () => {
    const attempt = (metadata: unknown) => () =>
      encodeCheckpoint({ arrays: new Map(), metadata: metadata as Checkpoint["metadata"] });
    assert.throws(attempt({ loss: [1, Number.NaN] }), failure("bad-argument", { path: "metadata.loss.1" }));
    assert.throws(attempt({ when: new Date(0) }), failure("bad-argument", { path: "metadata.when" }));
    assert.throws(attempt({ a: undefined }), failure("bad-argument", { path: "metadata.a" }));
  });
});
