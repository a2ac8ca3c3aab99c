import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type HostArray, referenceStorage } from "../../src/core/dtype.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor, where } from "../../src/tensor/tensor.ts";
import { nativeBackends } from "./backends.ts";
import { difference, inputNode, runOn } from "./cases.ts";

const SPECIAL = [0, -0, 1, -1, 0.5, -2.5, 3, 1e-30, -1e30, 100, -100, Number.NaN, Infinity, -Infinity];
const WORDS = [0, 1, -1, 2, -7, 31, 0x7fffffff, -0x80000000, 12345];
const UNSIGNED = [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 12345];

const backends = [
  createWasmBackend({ threads: 1 }),
  createWasmBackend({ threads: 1, relaxed: false }),
  createWasmBackend({ threads: 1, simd: false }),
  ...nativeBackends({ threads: 1 }),
];
after(() => {
  for (const backend of backends) backend.dispose();
});
const reference = createReferenceBackend();

/** Every value against every other one. */
function pairs(list: readonly number[], dtype: "float32" | "int32" | "uint32"): readonly HostArray[] {
  const shape = [list.length, list.length];
  return [(k: number) => Math.floor(k / list.length), (k: number) => k % list.length].map((position) => {
    const data = referenceStorage(dtype, list.length ** 2);
    for (let k = 0; k < data.length; k++) {
      const value = list[position(k)] as number;
      data[k] = dtype === "float32" ? Math.fround(value) : value;
    }
    return { shape, dtype, data };
  });
}

async function requireEqual(
  values: readonly HostArray[],
  build: (a: Tensor, b: Tensor) => readonly Tensor[],
): Promise<void> {
  const inputs = values.map(({ shape, dtype }, index) => inputNode("ab"[index] as string, shape, dtype));
  const outputs = build(...(inputs.map((node) => new Tensor(node)) as [Tensor, Tensor])).map(({ node }) => node);
  const example = { graph: { inputs, states: [], outputs }, values };
  // what float32 cannot hold is infinite there, or zero
  const expected = (await runOn(reference, example)).map((array) =>
    array.dtype === "float32" ? { ...array, data: array.data.map(Math.fround) } : array,
  );
  for (const backend of backends) {
    const fault = difference(expected, await runOn(backend, example), 1e-5, example.graph);
    assert.equal(fault, undefined, `${backend.description}: ${fault}`);
  }
}

test("infinities, NaN and zeros of both signs: arithmetic and comparisons", async () => {
  await requireEqual(pairs(SPECIAL, "float32"), (a, b) => [
    a.add(b),
    a.sub(b),
    a.mul(b),
    a.div(b),
    a.maximum(b),
    a.minimum(b),
    a.clip(-1, 2),
    a.less(b),
    a.lessEqual(b),
    a.equal(b),
    a.greater(b),
    a.greaterEqual(b),
    a.notEqual(b),
    a.less(b).or(a.equal(b)).not(),
    where(a.less(b), a, b),
    a.neg(),
    a.abs(),
    a.relu(),
    a.floor(),
  ]);
});

test("infinities, NaN and zeros of both signs: functions", async () => {
  await requireEqual(pairs(SPECIAL, "float32"), (a, b) => [
    a.sqrt(),
    a.exp(),
    a.log(),
    a.tanh(),
    a.sigmoid(),
    a.erf(),
    where(a.abs().less(1000), a, 0).sin(),
    where(a.abs().less(1000), a, 0).cos(),
    a.pow(b),
    a.pow(2),
    a.pow(3),
    a.square(),
  ]);
});

test("infinities and NaN: reductions over rows, columns and all", async () => {
  await requireEqual(pairs(SPECIAL, "float32"), (a, b) => [
    a.max(0),
    b.max(0),
    a.max(1),
    b.min(1),
    a.min(0),
    a.sum(0),
    a.sum(1),
    b.sum(),
    a.prod(1),
    a.clip(-2, 2).max(),
    b.max(),
    a.mean(),
  ]);
});

test("floats to integers truncate and saturate; NaN becomes 0", async () => {
  const edges = [...SPECIAL, 2 ** 31, -(2 ** 31), 2 ** 32, -0.9, 4294967040, 1.9];
  await requireEqual(pairs(edges, "float32"), (a) => [
    a.cast("int32"),
    a.cast("uint32"),
    a.cast("bool"),
    a.cast("bool").cast("float32"),
    a.cast("int32").cast("float32"),
    a.cast("uint32").cast("float32"),
  ]);
});

test("integers wrap around at 32 bits", async () => {
  await requireEqual(pairs(WORDS, "int32"), (a, b) => [
    a.add(b),
    a.sub(b),
    a.mul(b),
    a.neg(),
    a.abs(),
    a.maximum(b),
    a.minimum(b),
    a.less(b),
    a.lessEqual(b),
    a.equal(b),
    a.cast("uint32"),
    a.cast("float32"),
    a.cast("bool"),
    a.sum(0),
    a.sum(1),
    b.prod(1),
    b.prod(0),
    a.max(),
    b.min(1),
  ]);
});

test("unsigned integers compare and convert as such", async () => {
  await requireEqual(pairs(UNSIGNED, "uint32"), (a, b) => [
    a.add(b),
    a.sub(b),
    a.mul(b),
    a.maximum(b),
    a.minimum(b),
    a.less(b),
    a.lessEqual(b),
    a.equal(b),
    a.shiftRight(0),
    a.shiftRight(31),
    a.cast("int32"),
    a.cast("float32"),
    a.cast("bool"),
  ]);
});
