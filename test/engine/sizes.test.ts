import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { DType, HostArray } from "../../src/core/dtype.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { makeNode, reduce } from "../../src/graph/build.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { concat, full, range } from "../../src/tensor/create.ts";
import { randomKey, randomUniform } from "../../src/tensor/random.ts";
import { Tensor, where } from "../../src/tensor/tensor.ts";
import { nativeBackends } from "./backends.ts";
import { difference, inputNode, randomValues, runOn } from "./cases.ts";
import { mulberry } from "./draw.ts";

const extreme = (kind: "max" | "min", x: Tensor, axes: readonly number[]): Tensor =>
  new Tensor(reduce(x.node, kind, axes));

type Build = (...inputs: Tensor[]) => readonly Tensor[];

const reference = createReferenceBackend();
const backends = [
  createWasmBackend({ threads: 1 }),
  createWasmBackend({ threads: 3 }),
  createWasmBackend({ threads: 1, simd: false }),
  createWasmBackend({ threads: 1, fuse: false }),
  ...nativeBackends({ threads: 1 }),
  ...nativeBackends({ threads: 3 }),
];
/** One of each vector width. */
const fewBackends = [
  backends[0] as Backend,
  ...backends.filter(({ name, threads }) => name === "native" && threads === 1),
];
after(() => {
  for (const backend of backends) backend.dispose();
});

async function requireEqual(
  name: string,
  inputs: readonly (readonly [readonly number[], DType])[],
  build: Build,
  on: readonly Backend[] = backends,
): Promise<void> {
  const random = mulberry(11);
  const nodes = inputs.map(([shape, dtype], index) => inputNode(`x${index}`, shape, dtype));
  const values = nodes.map(({ shape, dtype }): HostArray => randomValues(random, shape, dtype));
  const outputs = build(...nodes.map((node) => new Tensor(node))).map(({ node }) => node);
  const example = { graph: { inputs: nodes, states: [], outputs }, values };
  const expected = await runOn(reference, example);
  for (const backend of on) {
    const fault = difference(expected, await runOn(backend, example), 1e-4, example.graph);
    assert.equal(fault, undefined, `${name}, ${backend.description}: ${fault}`);
  }
}

/** What may be asked of arrays without elements: nothing comes out, or what a reduction over nothing gives. */
const EMPTY: Readonly<Record<string, readonly [readonly (readonly number[])[], Build]>> = {
  "element-wise": [[[0, 3], [3]], (x, y) => [x.add(y).tanh(), x.less(y), x.cast("int32")]],
  "sums over nothing": [
    [
      [0, 5],
      [4, 0],
    ],
    (x, y) => [x.sum(0), y.sum(1), y.sum(0), x.sum(), x.sum(0, true).add(1)],
  ],
  "products and extremes over nothing": [
    [
      [0, 5],
      [4, 0],
    ],
    // a tensor refuses to look for the largest of nothing; the operation has an answer, which longer reductions are made of
    (x, y) => [x.prod(0), extreme("max", x, [0]), extreme("min", y, [1]), extreme("max", y, [0, 1])],
  ],
  "a sum over nothing beside the whole": [[[0, 5], [5]], (x, y) => [x.sub(x.sum(0)), y.add(x.sum(0)), y]],
  "an empty batch": [
    [
      [0, 6],
      [6, 4],
    ],
    (x, w) => [x.matmul(w), x.matmul(w).tanh().sum(0), x.transpose().matmul(x)],
  ],
  "no inner size": [
    [
      [3, 0],
      [0, 4],
    ],
    (x, y) => [x.matmul(y), x.matmul(y).add(1).tanh()],
  ],
  "empty batch axes": [
    [
      [0, 2, 3],
      [3, 2],
    ],
    (x, y) => [x.matmul(y), x.matmul(x.transpose([0, 2, 1]))],
  ],
  movement: [[[0, 3, 2]], (x) => [x.transpose(), x.reshape([2, 0]), x.flatten(), x.slice(1, 1), x.unsqueeze(0)]],
  "an empty slice of something": [[[4, 3]], (x) => [x.slice(0, 2, 2), x.slice(0, 2, 2).sum(0), x.slice(1, 3)]],
  padding: [[[0, 2]], (x) => [x.pad([[1, 2], [0, 1]], 7)]], // biome-ignore format: pairs read better in a row
  joining: [
    [
      [0, 2],
      [3, 2],
    ],
    (x, y) => [concat([x, y]), concat([y, x, y]), concat([x, x])],
  ],
  tables: [
    [
      [4, 3],
      [5, 0],
    ],
    (x, y) => [x.gather(full([0], 1, "int32")), y.gather(range(3)), x.slice(1, 0, 0).sum(1)],
  ],
  "sums by index": [
    [
      [0, 3],
      [4, 0],
    ],
    (x, y) => [
      new Tensor(makeNode("scatterAdd", [full([0], 0, "int32").node, x.node], { rows: 2 })),
      new Tensor(makeNode("scatterAdd", [full([4], 1, "int32").node, y.node], { rows: 2 })),
    ],
  ],
  "random numbers": [[[0]], (x) => [randomUniform(randomKey(1), [0, 3]), x.mul(randomUniform(randomKey(2), [0]))]],
};

for (const [name, [shapes, build]] of Object.entries(EMPTY)) {
  test(`arrays without elements: ${name}`, async () => {
    await requireEqual(
      name,
      shapes.map((shape) => [shape, "float32"] as const),
      build,
    );
  });
}

test("an index into a table without rows is refused", () => {
  const table = full([0, 3], 1);
  assert.throws(() => table.gather([0]), { code: "shape-mismatch" });
  assert.throws(() => makeNode("scatterAdd", [full([2], 0, "int32").node, full([2, 3], 1).node], { rows: 0 }), {
    code: "shape-mismatch",
  });
});

test("every length of the last axis from 1 to 40, rows and columns, of every type", async () => {
  for (let length = 1; length <= 40; length++) {
    await requireEqual(
      `length ${length}`,
      [
        [[3, length], "float32"],
        [[length], "float32"],
        [[3, length], "int32"],
        [[length], "uint32"],
        [[3, 1], "bool"],
      ],
      (x, y, i, u, b) => [
        x.mul(y).sub(x.mean(1, true)),
        x.sum(1),
        x.mul(y).max(0),
        x.sub(y).square().mean(0),
        where(b, x, y),
        where(b, i, i.neg()).sum(1),
        u.shiftRight(3).add(u),
        x.less(y).or(b),
        i.max(0),
        x.transpose().matmul(x),
        x.matmul(y),
        randomUniform(randomKey(7), [3, length]).add(x),
      ],
      length <= 18 ? backends : fewBackends,
    );
  }
});

test("scalars: all of the above on single numbers", async () => {
  await requireEqual(
    "scalars",
    [
      [[], "float32"],
      [[1, 1], "float32"],
      [[], "int32"],
      [[], "bool"],
    ],
    (x, y, i, b) => [
      x.add(y).tanh(),
      x.sum(),
      y.sum([0, 1]),
      y.mean(0),
      y.matmul(y),
      where(b, x, y),
      i.add(1),
      b.not(),
      x.broadcastTo([2, 3]),
      y.reshape([]).add(x),
      x.unsqueeze(0).gather(full([3], 0, "int32")),
      x.pad([]),
      concat([y, y, y], 1),
    ],
  );
});

test("large reductions, in the two steps that threads share", async () => {
  for (const shape of [[4096], [5000], [4099], [1, 70, 70], [3, 2000], [64, 100]]) {
    await requireEqual(`(${shape.join(", ")})`, [[shape, "float32"]], (x) => [
      x.mean(),
      x.max(),
      x.min(),
      x.square().sum().sqrt(),
    ]);
  }
});
