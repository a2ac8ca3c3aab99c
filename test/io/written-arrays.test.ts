import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeIdx } from "../../src/io/idx.ts";
import { encodeNpy } from "../../src/io/npy.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { toHostArray } from "../../src/io/stored-array.ts";

const untyped = (value: unknown) => value as never;

for (const [name, encode] of [
  ["npy", encodeNpy],
  ["idx", encodeIdx],
] as const) {
  test(`${name}: inconsistent arrays are not written`, () => {
    const data = new Float32Array(4);
    assert.throws(() => encode({ shape: [3], data }), { code: "shape-mismatch" });
    assert.throws(() => encode({ shape: [-2, -2], data }), { code: "bad-argument" });
    assert.throws(() => encode({ shape: [8, 0.5], data }), { code: "bad-argument" });
    assert.throws(() => encode(untyped({ shape: [2], data: [1, 2] })), { code: "dtype-mismatch" });
    assert.throws(() => encode(untyped({ shape: [2], data: new BigInt64Array(2) })), { code: "dtype-mismatch" });
    assert.throws(() => encode(untyped(data)), { code: "bad-argument" });
    assert.throws(() => encode(untyped(undefined)), { code: "bad-argument" });
  });
}

test("safetensors: inconsistent arrays are not written", () => {
  const encode = (array: unknown) => () => encodeSafetensors([["w", untyped(array)]]);
  assert.throws(encode({ shape: [3], dtype: "float32", data: new Float32Array(4) }), { code: "shape-mismatch" });
  assert.throws(encode({ shape: [1], dtype: "bool", data: Int32Array.of(2) }), { code: "bad-argument" });
  assert.throws(encode({ shape: [1], dtype: "int32", data: Float32Array.of(0.5) }), { code: "bad-argument" });
  assert.throws(encode([1, 2]), { code: "bad-argument" });
});

test("bytes that a file declares as bool become 0 and 1", () => {
  const { data } = toHostArray({ shape: [3], data: Uint8Array.of(0, 1, 255), boolean: true });
  assert.deepEqual([...data], [0, 1, 1]);
});
