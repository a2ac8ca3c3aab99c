import assert from "node:assert/strict";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import type { ErrorCode } from "../../src/core/errors.ts";
import { requireHostArray, stored } from "../../src/core/host-array.ts";

const REFUSED: readonly (readonly [name: string, value: unknown, code: ErrorCode])[] = [
  ["longer than its shape", { shape: [256], dtype: "float32", data: new Float32Array(3000) }, "shape-mismatch"],
  ["shorter than its shape", { shape: [256], dtype: "float32", data: new Float32Array(3) }, "shape-mismatch"],
  ["empty for a scalar", { shape: [], dtype: "float32", data: new Float32Array(0) }, "shape-mismatch"],
  ["shape [-1]", { shape: [-1], dtype: "float32", data: new Float32Array(1) }, "bad-argument"],
  ["two negative sizes", { shape: [-1, -4], dtype: "float32", data: new Float32Array(4) }, "bad-argument"],
  ["a fraction as size", { shape: [0.5, 2], dtype: "float32", data: new Float32Array(1) }, "bad-argument"],
  ["NaN as size", { shape: [Number.NaN], dtype: "float32", data: new Float32Array(1) }, "bad-argument"],
  ["text as size", { shape: ["2"], dtype: "float32", data: new Float32Array(2) }, "bad-argument"],
  ["a size beyond 2^53", { shape: [2 ** 30, 2 ** 30], dtype: "float32", data: new Float32Array(2) }, "bad-argument"],
  ["a number as shape", { shape: 2, dtype: "float32", data: new Float32Array(2) }, "bad-argument"],
  ["no shape", { dtype: "float32", data: new Float32Array(2) }, "bad-argument"],
  ["an unknown type", { shape: [2], dtype: "float64", data: new Float64Array(2) }, "bad-argument"],
  [
    "an inherited property name as type",
    { shape: [2], dtype: "constructor", data: new Float32Array(2) },
    "bad-argument",
  ],
  ["bool 2", { shape: [2], dtype: "bool", data: Int32Array.of(1, 2) }, "bad-argument"],
  ["a plain list", { shape: [2], dtype: "float32", data: [1, 2] }, "dtype-mismatch"],
  ["no data", { shape: [2], dtype: "float32", data: undefined }, "dtype-mismatch"],
  ["a fraction as int32", { shape: [2], dtype: "int32", data: Float32Array.of(1, 2.5) }, "bad-argument"],
  ["NaN as int32", { shape: [1], dtype: "int32", data: Float32Array.of(Number.NaN) }, "bad-argument"],
  ["2^31 as int32", { shape: [1], dtype: "int32", data: Uint32Array.of(2 ** 31) }, "bad-argument"],
  ["-1 as uint32", { shape: [1], dtype: "uint32", data: Int32Array.of(-1) }, "bad-argument"],
  ["bytes that are not bools", { shape: [1], dtype: "bool", data: Uint8Array.of(255) }, "bad-argument"],
  ["64-bit integers", { shape: [2], dtype: "int32", data: new BigInt64Array(2) }, "dtype-mismatch"],
  [
    "a view without an element type",
    { shape: [2], dtype: "float32", data: new DataView(new ArrayBuffer(8)) },
    "dtype-mismatch",
  ],
  ["a number", 3, "bad-argument"],
  ["null", null, "bad-argument"],
  ["nothing", undefined, "bad-argument"],
  ["a typed array alone", new Float32Array(2), "bad-argument"],
];

for (const [name, value, code] of REFUSED) {
  test(`a host array is rejected: ${name}`, () => {
    assert.throws(() => requireHostArray("input x", value), { name: "GradusError", code, message: /^input x: / });
  });
}

test("host arrays of every type and of another realm are accepted", () => {
  requireHostArray("x", { shape: [0, 3], dtype: "float32", data: new Float32Array(0) });
  requireHostArray("x", { shape: [], dtype: "float32", data: Float64Array.of(1) });
  requireHostArray("x", { shape: [2], dtype: "int32", data: Int32Array.of(-1, 5) });
  requireHostArray("x", { shape: [1, 2], dtype: "uint32", data: Uint32Array.of(1, 5) });
  requireHostArray("x", { shape: [2], dtype: "bool", data: Int32Array.of(0, 1) });
  requireHostArray("x", runInContext("({ shape: [2], dtype: 'float32', data: new Float32Array(2) })", createContext()));
});

test("numbers in another typed array are converted to the type's own", () => {
  const bytes = { shape: [3], dtype: "float32", data: Uint8Array.of(0, 128, 255) } as never;
  requireHostArray("x", bytes);
  assert.deepEqual(stored(bytes), { shape: [3], dtype: "float32", data: Float32Array.of(0, 128, 255) });
  const labels = { shape: [2], dtype: "int32", data: Float32Array.of(3, -1) } as const;
  requireHostArray("x", labels);
  assert.deepEqual(stored(labels).data, Int32Array.of(3, -1));
  const exact = { shape: [1], dtype: "float32", data: Float64Array.of(0.1) } as const;
  assert.equal(stored(exact), exact);
});
