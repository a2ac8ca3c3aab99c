import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeIdx } from "../../src/io/idx.ts";
import { decodeNpy } from "../../src/io/npy.ts";
import { decodeSafetensors } from "../../src/io/safetensors.ts";
import { failure } from "../data/errors.ts";

function npy(shape: string, version: 1 | 2 = 1, padding = 0): Uint8Array {
  const header = Buffer.from(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }${" ".repeat(padding)}\n`);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.of(version, 0), length, header]);
}

function safetensors(header: string | Uint8Array, data = new Uint8Array(0), announced?: number): Uint8Array {
  const bytes = Buffer.from(header as string);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(announced ?? bytes.length));
  return Buffer.concat([length, bytes, data]);
}

const entry = (shape: string, from: number, to: number) =>
  `{"dtype":"F32","shape":${shape},"data_offsets":[${from},${to}]}`;

describe("sizes in headers that no file can hold", () => {
  const shapes = [
    "(4294967296, 4294967296)",
    "(99999999999999999999,)",
    `(0, ${"9".repeat(400)})`,
    `(${"1, ".repeat(300)})`,
  ];
  for (const shape of shapes) {
    test(`npy ${shape.slice(0, 30)}`, () => assert.throws(() => decodeNpy(npy(shape), "x.npy"), failure("bad-data")));
  }

  test("npy: a large but possible shape is reported as truncated", () => {
    assert.throws(
      () => decodeNpy(npy("(1000000000,)"), "x.npy"),
      failure("truncated-file", { got: npy("(1000000000,)").length }),
    );
  });

  test("npy: a header of megabytes", () => {
    assert.throws(() => decodeNpy(npy("(1,)", 2, 2 ** 22), "x.npy"), failure("bad-data"));
  });

  test("npy: negative sizes, and an incomplete header", () => {
    assert.throws(() => decodeNpy(npy("(-1,)"), "x.npy"), failure("bad-data"));
    const strange = npy(`(${"a".repeat(5000)})`);
    assert.throws(
      () => decodeNpy(strange, "x.npy"),
      (error: Error) => failure("bad-data")(error) && error.message.length < 500,
    );
  });

  test("IDX: 255 axes of 2^32 - 1", () => {
    const bytes = new Uint8Array(4 + 4 * 255).fill(0xff);
    bytes.set([0, 0, 8, 255]);
    assert.throws(() => decodeIdx(bytes, "x.idx"), failure("bad-data"));
  });

  const huge = `{"a":${entry(`[${2 ** 32},${2 ** 32}]`, 0, 0)}}`;
  const cases: readonly (readonly [string, Uint8Array, "bad-data" | "truncated-file" | "limit-exceeded"])[] = [
    ["a product beyond 2^53", safetensors(huge), "bad-data"],
    ["a negative size", safetensors(`{"a":${entry("[-1]", 0, 4)}}`), "bad-data"],
    ["a fraction", safetensors(`{"a":${entry("[0.5]", 0, 2)}}`), "bad-data"],
    ["1e400 axes long", safetensors(`{"a":${entry("[1e400]", 0, 4)}}`), "bad-data"],
    [
      "offsets that overlap",
      safetensors(`{"a":${entry("[1]", 0, 4)},"b":${entry("[1]", 2, 6)}}`, new Uint8Array(6)),
      "bad-data",
    ],
    [
      "offsets with a gap",
      safetensors(`{"a":${entry("[1]", 0, 4)},"b":${entry("[1]", 8, 12)}}`, new Uint8Array(12)),
      "bad-data",
    ],
    ["offsets backwards", safetensors(`{"a":${entry("[1]", 4, 0)}}`, new Uint8Array(4)), "bad-data"],
    [
      "a duplicate name",
      safetensors(`{"a":${entry("[1]", 0, 4)},"a":${entry("[1]", 4, 8)}}`, new Uint8Array(8)),
      "bad-data",
    ],
    ["metadata twice", safetensors(`{"__metadata__":{"a":"1"},"__metadata__":{"a":"2"}}`), "bad-data"],
    [
      "a duplicate field",
      safetensors(`{"a":{"dtype":"F64",${entry("[1]", 0, 4).slice(1)}}`, new Uint8Array(4)),
      "bad-data",
    ],
    ["a header longer than the file", safetensors("{}", new Uint8Array(0), 1000), "truncated-file"],
    ["a header of 10^18 bytes", safetensors("{}", new Uint8Array(0), 10 ** 18), "bad-data"],
    ["10,000 levels", safetensors(`{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`), "limit-exceeded"],
    ["metadata that are not strings", safetensors(`{"__metadata__":{"__proto__":{"format":"x"}}}`), "bad-data"],
    ["invalid UTF-8", safetensors(Uint8Array.of(0x7b, 0xff, 0x7d)), "bad-data"],
  ];
  for (const [name, bytes, code] of cases) {
    test(`safetensors: ${name}`, () => assert.throws(() => decodeSafetensors(bytes, "x.safetensors"), failure(code)));
  }

  test("safetensors: names that are special in the language are ordinary names", () => {
    const header = `{"__proto__":${entry("[1]", 0, 4)},"parameters.constructor":${entry("[1]", 4, 8)}}`;
    const { arrays } = decodeSafetensors(safetensors(header, new Uint8Array(8)), "x.safetensors");
    assert.deepEqual([...arrays.keys()], ["__proto__", "parameters.constructor"]);
  });

  test("safetensors: arrays may be out of order", () => {
    const header = `{"a":${entry("[1]", 4, 8)},"b":${entry("[1]", 0, 4)}}`;
    const { arrays } = decodeSafetensors(
      safetensors(header, Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64)),
      "x.safetensors",
    );
    assert.deepEqual([arrays.get("a")?.data[0], arrays.get("b")?.data[0]], [2, 1]);
  });
});
