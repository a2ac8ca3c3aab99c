import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accumulate } from "../../src/autodiff/accumulate.ts";
import { gradients } from "../../src/autodiff/gradients.ts";
import {
  add,
  literal,
  makeNode,
  matmul,
  mul,
  permute,
  reduce,
  reshape,
  transposeLast,
  unary,
} from "../../src/graph/build.ts";
import { isOp, type Node } from "../../src/graph/node.ts";
import { topologicalOrder } from "../../src/graph/walk.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { scattered } from "./arrays.ts";

const [ROWS, COLUMNS] = [6, 5];
let offset = 0;

const value = (...shape: number[]): Node => {
  offset = (offset + 17) % 1000;
  return literal(scattered(shape, offset));
};

/** A factor of several shares. */
const COTANGENT = value(ROWS, COLUMNS);

/** A share that is zero outside [start, start + size) of an axis. */
function slab(axis: number, start: number, size: number): Node {
  const shape = [ROWS, COLUMNS];
  const length = shape[axis] as number;
  const first = start % length;
  const count = 1 + (size % (length - first));
  const along = (number: number) => shape.map((_, index) => (index === axis ? number : 0));
  const part = value(...shape.map((whole, index) => (index === axis ? count : whole)));
  const after = along(length - first - count);
  return makeNode("pad", [part], { before: along(first), after, interior: [0, 0], value: 0 });
}

/** Shares of a (6, 5) value, of every kind that is joined with others, and of other kinds. */
const share = fc.record({ kind: fc.nat(9), a: fc.nat(5), b: fc.nat(5) }).map(({ kind, a, b }) => {
  switch (kind) {
    case 0:
      return slab(0, a, b);
    case 1:
      return slab(1, a % COLUMNS, b);
    case 2:
      return matmul(value(ROWS, a + 1), value(a + 1, COLUMNS));
    case 3:
      return matmul(transposeLast(value(a + 1, ROWS)), value(a + 1, COLUMNS));
    case 4:
      return transposeLast(matmul(value(COLUMNS, a + 1), value(a + 1, ROWS)));
    case 5:
      return reshape(reduce(value(a + 1, ROWS, COLUMNS), "sum", [0]), [ROWS, COLUMNS]);
    case 6:
      return reshape(reduce(value(a + 1, ROWS * COLUMNS), "sum", [0]), [ROWS, COLUMNS]);
    case 7:
      return mul(value(ROWS, COLUMNS), mul(COTANGENT, value(ROWS, COLUMNS)));
    case 8:
      return mul(COTANGENT, value(ROWS, COLUMNS));
    default:
      return value(ROWS, COLUMNS);
  }
});

function evaluated(node: Node): ArrayLike<number> {
  const backend = createReferenceBackend();
  const [result] = backend.compileNow({ inputs: [], states: [], outputs: [node] }, []).run([]);
  return (result as { data: ArrayLike<number> }).data;
}

function count(node: Node, op: Node["op"]): number {
  return topologicalOrder([node]).filter((other) => other.op === op).length;
}

test("joined shares equal their plain sum", () => {
  fc.assert(
    fc.property(fc.array(share, { minLength: 1, maxLength: 12 }), fc.boolean(), (list, twice) => {
      const shares = twice ? [...list, list[0] as Node] : list;
      const [joined, plain] = [evaluated(accumulate(shares)), evaluated(shares.reduce(add))];
      for (let index = 0; index < plain.length; index++) {
        assert.ok(Math.abs((joined[index] as number) - (plain[index] as number)) < 1e-12, `element ${index}`);
      }
    }),
    { numRuns: 300 },
  );
});

test("a single share is passed on unchanged", () => {
  for (const alone of [slab(0, 1, 2), matmul(value(ROWS, 3), value(3, COLUMNS)), value(ROWS, COLUMNS)])
    assert.equal(accumulate([alone]), alone);
});

test("slices of a whole send back one concatenation, in their order", () => {
  const x = makeNode("input", [], { name: "x", shape: [4, 3], dtype: "float32" });
  const parts = [2, 0, 3, 1].map((row) => makeNode("slice", [x], { start: [row, 0], size: [1, 3], step: [1, 1] }));
  const output = reduce(parts.map((part) => unary("exp", part)).reduce(add), "sum", [0, 1]);
  const gradient = gradients(output, [x])[0] as Node;
  assert.ok(isOp(gradient, "concat") && gradient.attributes.axis === 0);
  assert.deepEqual(
    gradient.inputs.map((part) => topologicalOrder([part]).find((node) => isOp(node, "slice"))),
    [1, 3, 0, 2].map((index) => parts[index]),
  );
  assert.equal(count(gradient, "pad"), 0);
});

test("a weight shared through time gets its gradient from one product", () => {
  const input = (name: string, shape: number[]) => makeNode("input", [], { name, shape, dtype: "float32" });
  const [w, x] = [input("w", [3, 3]), input("x", [2, 3])];
  // every step transposes the weight again
  let h: Node = x;
  for (let t = 0; t < 5; t++) h = unary("tanh", matmul(h, permute(w, [1, 0])));
  const gradient = gradients(reduce(h, "sum", [0, 1]), [w])[0] as Node;
  // five forward, four for the states, one for the weight
  assert.equal(count(gradient, "matmul"), 10);
});

test("a function that uses its argument twice sends back its cotangent once", () => {
  const input = (name: string) => makeNode("input", [], { name, shape: [4, 3], dtype: "float32" });
  const [x, y] = [input("x"), input("y")];
  // x sigmoid(x): the cotangent y times s + x s (1 - s)
  const output = reduce(mul(y, mul(x, unary("sigmoid", x))), "sum", [0, 1]);
  const gradient = gradients(output, [x])[0] as Node;
  assert.ok(isOp(gradient, "mul"));
  const derivative = gradient.inputs[1] as Node;
  assert.ok(isOp(derivative, "add") && !topologicalOrder([derivative]).includes(y));
});
