import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import type { HostArray } from "../../src/core/dtype.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { NATIVE_SETS, nativeBackends } from "./backends.ts";
import { type Case, difference, inputNode, randomValues, runOn } from "./cases.ts";
import { mulberry } from "./draw.ts";

const reference = createReferenceBackend();
const wasm = [1, 2, 3].map((threads) => createWasmBackend({ threads }));
const native = [1, 2, 3].map((threads) => nativeBackends({ threads }));
/** Backends that must agree to the last bit: one kind of vectors, one, two and three threads. */
const families: readonly (readonly Backend[])[] = [
  wasm,
  ...NATIVE_SETS.map((_, index) => native.map((backends) => backends[index] as Backend)),
];
const others = [createWasmBackend({ threads: 1, simd: false }), createWasmBackend({ threads: 1, relaxed: false })];
after(() => {
  for (const backend of [...families.flat(), ...others]) backend.dispose();
});

/** How an operand lies in memory: as it is, transposed, as every second row or column of something larger, or one row for all. */
const LAYOUTS = ["plain", "transposed", "rows", "columns", "offset", "repeated"] as const;
type Layout = (typeof LAYOUTS)[number];

interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly batch: readonly number[];
  readonly left: Layout;
  readonly right: Layout;
}

/** An input and the view of it that has the wanted shape. */
function operand(name: string, shape: readonly number[], layout: Layout) {
  const lead = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const axis = shape.length - 2;
  const stored = {
    plain: [rows, columns],
    transposed: [columns, rows],
    rows: [2 * rows, columns],
    columns: [rows, 2 * columns],
    offset: [rows + 2, columns + 3],
    repeated: [1, columns],
  }[layout];
  const node = inputNode(name, [...lead, ...stored]);
  const whole = new Tensor(node);
  const order = shape.map((_, k) => (k < axis ? k : 2 * axis + 1 - k));
  const view = {
    plain: () => whole,
    transposed: () => whole.transpose(order),
    rows: () => whole.slice(axis, 0, undefined, 2),
    columns: () => whole.slice(axis + 1, 1, undefined, 2),
    offset: () => whole.slice(axis, 1, 1 + rows).slice(axis + 1, 2, 2 + columns),
    repeated: () => whole.broadcastTo(shape),
  }[layout]();
  return { node, view };
}

function productCase({ rows, inner, columns, batch, left, right }: Product): Case {
  const a = operand("a", [...batch, rows, inner], left);
  const b = operand("b", [...batch, inner, columns], right);
  const random = mulberry(rows * 7919 + inner * 31 + columns);
  const inputs = [a.node, b.node];
  const values = inputs.map(({ shape }): HostArray => randomValues(random, shape));
  return { graph: { inputs, states: [], outputs: [a.view.matmul(b.view).node] }, values };
}

/** Values are up to 2 in size: a sum of K products wanders about sqrt(K) far, and is rounded K times by 2^-24 of that, one way or the other. */
function toleranceOf({ inner }: Product): number {
  return 3e-7 * inner + 2e-6;
}

async function requireProduct(product: Product): Promise<void> {
  const example = productCase(product);
  const name = JSON.stringify(product);
  const expected = await runOn(reference, example);
  for (const [one, ...more] of families) {
    const result = await runOn(one as Backend, example);
    assert.equal(
      difference(expected, result, toleranceOf(product), example.graph),
      undefined,
      `${name}, ${one?.description}`,
    );
    for (const backend of more) {
      assert.equal(
        difference(result, await runOn(backend, example), 0, example.graph),
        undefined,
        `${name}, ${backend.description}`,
      );
    }
  }
  for (const backend of others) {
    assert.equal(
      difference(expected, await runOn(backend, example), toleranceOf(product), example.graph),
      undefined,
      `${name}, ${backend.description}`,
    );
  }
}

test("products of all sizes around a register tile, however their operands lie", async () => {
  const size = fc.oneof(
    fc.integer({ min: 1, max: 30 }),
    fc.constantFrom(6, 7, 8, 11, 12, 13, 16, 17, 33, 48, 49, 64, 65),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        rows: size,
        inner: size,
        columns: size,
        batch: fc.constantFrom([], [], [2], [3, 2], [1]),
        left: fc.constantFrom(...LAYOUTS),
        right: fc.constantFrom(...LAYOUTS),
      }),
      requireProduct,
    ),
    { numRuns: 45 },
  );
});

test("products that take several blocks of each axis", async () => {
  const plain = { batch: [], left: "plain", right: "plain" } as const;
  await requireProduct({ ...plain, rows: 13, inner: 385, columns: 19 });
  await requireProduct({ ...plain, rows: 7, inner: 1201, columns: 9, left: "transposed" });
  await requireProduct({ ...plain, rows: 300, inner: 40, columns: 70, right: "transposed" });
  await requireProduct({ ...plain, rows: 5, inner: 390, columns: 700 });
  await requireProduct({ ...plain, rows: 131, inner: 5, columns: 1030, left: "columns" });
  await requireProduct({ ...plain, rows: 1, inner: 500, columns: 300, right: "rows" });
  await requireProduct({ ...plain, rows: 500, inner: 300, columns: 1 });
  await requireProduct({ ...plain, rows: 40, inner: 450, columns: 41, batch: [3], left: "offset" });
});
