import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { gradients } from "../../src/autodiff/gradients.ts";
import { RULES, ruleOf } from "../../src/autodiff/rules.ts";
import type { HostArray } from "../../src/core/dtype.ts";
import { GradusError } from "../../src/core/errors.ts";
import * as build from "../../src/graph/build.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { AttentionAttributes, ConvAttributes, Node, Op, WindowAttributes } from "../../src/graph/node.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { checkGradients } from "../../src/tensor/check-gradients.ts";
import { Tensor, where } from "../../src/tensor/tensor.ts";
import { listed, positive, scattered } from "./arrays.ts";

/** One way to use an operation, and its arguments. */
interface Case {
  readonly values: readonly HostArray[];
  readonly fn: (...tensors: Tensor[]) => Tensor;
}

const wrap = (node: Node): Tensor => new Tensor(node);
const unary = (fn: (x: Tensor) => Tensor, value = scattered([2, 3])): readonly Case[] => [{ values: [value], fn }];
const binary = (fn: (x: Tensor, y: Tensor) => Tensor): readonly Case[] => [
  { values: [scattered([2, 3]), positive([2, 3], 9)], fn },
];
const twice = (fn: (x: Tensor, y: Tensor) => Tensor): readonly Case[] => [
  ...binary(fn),
  { values: [scattered([2, 3])], fn: (x) => fn(x, x.mul(x).add(0.7)) },
];

const WINDOW: WindowAttributes = { window: [2, 3], stride: [2, 1], dilation: [1, 2], before: [1, 2], after: [0, 1] };
const CONV: ConvAttributes = { ...WINDOW, groups: 2 };
const POSITIONS = [2, 3];
const SIZE = { size: [3, 4] };
// (1, 3, 4, 4) with weight (2, 3, 2, 6) gives (1, 2, 3, 6)
const x = () => scattered([1, ...SIZE.size, 4]);
const w = () => scattered([...WINDOW.window, 2, 6], 5);
const y = () => scattered([1, ...POSITIONS, 6], 7);
const pooled = () => scattered([1, ...POSITIONS, 4], 3);
const index = (tensor: Tensor): Node => makeNode("windowArgmax", [tensor.node], WINDOW);
const chosen = (): Node => index(new Tensor(build.literal(scattered([1, ...SIZE.size, 4], 11))));

const ATTENTION: readonly AttentionAttributes[] = [
  { heads: 1, causal: true },
  { heads: 2, causal: false },
];
/** Without a causal mask, one step of the first sample is hidden, and all of the second. */
const seen = ({ causal }: AttentionAttributes): Node[] =>
  causal ? [] : [build.literal(listed([2, 3], [1, 0, 1, 0, 0, 0]))];

/** How each rule is compared with finite differences; "stops" if no gradient may flow. An operation without an entry does not compile. */
const CASES: { readonly [O in Op]: readonly Case[] | "stops" } = {
  input: "stops",
  constant: "stops",
  literal: "stops",
  iota: "stops",
  randomBits: "stops",
  floor: "stops",
  not: "stops",
  shiftRight: "stops",
  stopGradient: "stops",
  windowArgmax: "stops",
  // loops are differentiated as a whole: loops.test.ts
  scan: "stops",
  scanEvery: "stops",
  scanLast: "stops",
  scanCarry: "stops",
  equal: "stops",
  less: "stops",
  lessEqual: "stops",
  and: "stops",
  or: "stops",
  interleave: [
    {
      values: [scattered([2, 3]), scattered([2, 3], 6)],
      fn: (a, b) => wrap(makeNode("interleave", [a.node, b.node], { counts: [1, 2] })),
    },
  ],
  attention: ATTENTION.map((attributes) => ({
    values: [scattered([2, 3, 12])],
    fn: (qkv) => wrap(makeNode("attention", [qkv.node, ...seen(attributes)], attributes)),
  })),
  attentionGrad: ATTENTION.map((attributes) => ({
    values: [scattered([2, 3, 12]), scattered([2, 3, 4], 40)],
    fn: (qkv, g) => wrap(makeNode("attentionGrad", [qkv.node, g.node, ...seen(attributes)], attributes)),
  })),
  conv: [{ values: [x(), w()], fn: (a, b) => wrap(makeNode("conv", [a.node, b.node], CONV)) }],
  convData: [{ values: [y(), w()], fn: (a, b) => wrap(makeNode("convData", [a.node, b.node], { ...CONV, ...SIZE })) }],
  convWeight: [{ values: [x(), y()], fn: (a, b) => wrap(makeNode("convWeight", [a.node, b.node], CONV)) }],
  windowSum: [{ values: [x()], fn: (a) => wrap(makeNode("windowSum", [a.node], WINDOW)) }],
  windowSpread: [{ values: [pooled()], fn: (a) => wrap(makeNode("windowSpread", [a.node], { ...WINDOW, ...SIZE })) }],
  windowGather: [{ values: [x()], fn: (a) => wrap(makeNode("windowGather", [a.node, index(a)], WINDOW)) }],
  windowScatter: [
    { values: [pooled()], fn: (a) => wrap(makeNode("windowScatter", [chosen(), a.node], { ...WINDOW, ...SIZE })) },
  ],
  neg: unary((x) => x.neg()),
  abs: unary((x) => x.abs()),
  sqrt: unary((x) => x.sqrt(), positive([2, 3])),
  exp: unary((x) => x.exp()),
  log: unary((x) => x.log(), positive([2, 3])),
  sin: unary((x) => x.sin()),
  cos: unary((x) => x.cos()),
  tanh: unary((x) => x.tanh()),
  sigmoid: unary((x) => x.sigmoid()),
  erf: unary((x) => x.erf()),
  // float -> float is the only cast that passes gradients
  cast: unary((x) => wrap(makeNode("cast", [x.node], { to: "float32" }))),
  add: twice((x, y) => x.add(y)),
  sub: twice((x, y) => x.sub(y)),
  mul: twice((x, y) => x.mul(y)),
  div: twice((x, y) => x.div(y)),
  pow: [
    { values: [positive([2, 3]), scattered([2, 3], 9)], fn: (x, y) => x.pow(y) },
    { values: [scattered([2, 3])], fn: (x) => x.pow(3) },
    { values: [scattered([2, 3])], fn: (x) => x.pow(2).add(x.pow(1)).add(x.pow(0)) },
    { values: [positive([2, 3])], fn: (x) => x.pow(-0.5) },
    { values: [listed([2], [0, 1.5])], fn: (x) => x.pow(2) },
  ],
  max: twice((x, y) => x.maximum(y.sub(0.6))),
  min: twice((x, y) => x.minimum(y.sub(0.6))),
  select: [
    { values: [scattered([2, 3]), scattered([2, 3], 5)], fn: (x, y) => where(x.less(y), x.mul(x), y.mul(3)) },
    { values: [scattered([2, 1]), scattered([3], 5)], fn: (x, y) => where(x.less(0), y, x) },
  ],
  reduce: [
    { values: [scattered([2, 3, 2])], fn: (x) => x.sum(1) },
    { values: [scattered([2, 3, 2])], fn: (x) => x.sum([0, 2], true).mul(x) },
    { values: [scattered([2, 3, 2])], fn: (x) => x.sum() },
    { values: [scattered([2, 3, 2])], fn: (x) => x.max(1) },
    { values: [scattered([2, 3, 2])], fn: (x) => x.min([0, 2]) },
    { values: [scattered([2, 3, 2])], fn: (x) => x.max() },
    { values: [scattered([2, 3, 2])], fn: (x) => x.prod(2) },
    // one zero in a row, two zeros, none
    { values: [listed([3, 3], [0, 2, -3, 0, 0, 1.5, 0.5, -1, 2])], fn: (x) => x.prod(1) },
  ],
  reshape: unary((x) => x.reshape([3, 2]).mul(x.reshape([3, 2]))),
  permute: [
    { values: [scattered([2, 3, 4])], fn: (x) => x.transpose([2, 0, 1]) },
    { values: [scattered([2, 3, 4])], fn: (x) => x.transpose().square() },
  ],
  broadcast: [
    { values: [scattered([2, 1, 3])], fn: (x) => x.broadcastTo([4, 2, 5, 3]) },
    { values: [scattered([])], fn: (x) => x.broadcastTo([2, 3]) },
  ],
  pad: [
    {
      values: [scattered([2, 3])],
      fn: (x) =>
        x.pad(
          [
            [1, 2],
            [0, 1],
          ],
          5,
        ),
    },
    {
      values: [scattered([2, 3])],
      fn: (x) => wrap(makeNode("pad", [x.node], { before: [1, 0], after: [0, 2], interior: [2, 1], value: 0 })),
    },
  ],
  slice: [
    { values: [scattered([5, 4])], fn: (x) => x.slice(0, 1, 4) },
    { values: [scattered([7, 2])], fn: (x) => x.slice(0, 1, 6, 3) },
    { values: [scattered([3, 2])], fn: (x) => x.slice(0, 2, 2).sum().add(x.slice(1, -1).sum()) },
  ],
  concat: [
    {
      values: [scattered([2, 3]), scattered([2, 1], 7)],
      fn: (x, y) => wrap(makeNode("concat", [x.node, y.node, x.node], { axis: 1 })),
    },
  ],
  matmul: [
    { values: [scattered([2, 3]), scattered([3, 4], 7)], fn: (x, y) => x.matmul(y) },
    { values: [scattered([2, 2, 3]), scattered([3, 4], 7)], fn: (x, y) => x.matmul(y) },
    { values: [scattered([3]), scattered([3, 2], 7)], fn: (x, y) => x.matmul(y) },
    { values: [scattered([3, 3])], fn: (x) => x.matmul(x.transpose()) },
  ],
  gather: [
    { values: [scattered([3, 2]), listed([4], [2, 0, 2, 1], "int32")], fn: (x, indices) => x.gather(indices) },
    { values: [scattered([3]), listed([2, 2], [9, -4, 1, 1], "int32")], fn: (x, indices) => x.gather(indices) },
  ],
  scatterAdd: [
    {
      values: [scattered([4, 2]), listed([4], [2, 0, 2, 1], "int32")],
      fn: (x, indices) => wrap(makeNode("scatterAdd", [indices.node, x.node], { rows: 3 })),
    },
  ],
};

test("every rule of the table has a case, and every case a rule", () => {
  assert.deepEqual(Object.keys(CASES).sort(), Object.keys(RULES).sort());
});

for (const op of Object.keys(RULES) as Op[]) {
  test(`derivative rule of ${op}`, () => {
    const cases = CASES[op];
    const rule = ruleOf(op);
    if (cases === "stops") {
      assert.ok(typeof rule === "object" && rule.reason.length > 10, `${op} must say why no gradient flows`);
      return;
    }
    assert.equal(typeof rule, "function");
    assert.ok(cases.length > 0);
    for (const { values, fn } of cases) assert.ok(checkGradients(fn, values, { tolerance: 1e-7 }).worst <= 1e-7);
  });
}

/** Gradient of the sum of fn's elements at a vector. */
function gradientAt(fn: (x: Tensor) => Tensor, values: readonly number[]): number[] {
  const x = makeNode("input", [], { name: "x", shape: [values.length], dtype: "float32" });
  const [gradient] = gradients(fn(wrap(x)).sum().node, [x]);
  const executable = createReferenceBackend().compileNow({ inputs: [x], states: [], outputs: [gradient as Node] }, []);
  return Array.from(executable.run([listed([values.length], values)])[0]?.data ?? []);
}

test("at corners the subgradient is PyTorch's", () => {
  assert.deepEqual(
    gradientAt((x) => x.abs(), [-2, 0, 3]),
    [-1, 0, 1],
  );
  assert.deepEqual(
    gradientAt((x) => x.relu(), [-2, 0, 3]),
    [0, 0, 1],
  );
  // equal sides of max and min, and equal winners of a reduction, share
  assert.deepEqual(
    gradientAt((x) => x.maximum(0), [0]),
    [0.5],
  );
  assert.deepEqual(
    gradientAt((x) => x.minimum(x.mul(2)), [0]),
    [1.5],
  );
  assert.deepEqual(
    gradientAt((x) => x.max(), [4, 1, 4, 4]),
    [1 / 3, 0, 1 / 3, 1 / 3],
  );
  // x^0 is constant, even at 0
  assert.deepEqual(
    gradientAt((x) => x.pow(0), [0, 2]),
    [0, 0],
  );
  assert.deepEqual(
    gradientAt((x) => x.pow(1), [0, 2]),
    [1, 1],
  );
});

test("no gradient flows through operations that stop it", () => {
  assert.deepEqual(
    gradientAt((x) => x.stopGradient().mul(x), [2, 3]),
    [2, 3],
  );
  assert.deepEqual(
    gradientAt((x) => x.floor().add(x), [2.5]),
    [1],
  );
  assert.deepEqual(
    gradientAt((x) => x.cast("int32").cast("float32").mul(x), [2.5]),
    [2],
  );
  assert.deepEqual(
    gradientAt(() => wrap(build.full([2], 7)), [2.5]),
    [0],
  );
  // a comparison carries no gradient, but the values that it selects do
  assert.deepEqual(
    gradientAt((x) => where(x.less(1), x.mul(5), 3), [0, 2]),
    [5, 0],
  );
});

test("a gradient can be differentiated again", () => {
  const cube = (x: Tensor): Tensor => {
    const [first] = gradients(x.mul(x).mul(x).sum().node, [x.node]);
    return wrap(first as Node);
  };
  assert.deepEqual(gradientAt(cube, [1, 2]), [6, 12]);
  checkGradients(
    (x) => {
      const [first] = gradients(x.tanh().mul(x.sigmoid()).sum().node, [x.node]);
      return wrap(first as Node);
    },
    [scattered([4])],
  );
});

test("broadcasting sums gradients back to the input's shape", () => {
  const size = fc.constantFrom(1, 2, 3);
  const pair = fc.array(fc.tuple(size, fc.boolean(), fc.boolean()), { maxLength: 3 }).chain((axes) =>
    fc.tuple(
      fc.constant(axes.map(([length, shrink]) => (shrink ? 1 : length))),
      // the second operand may have fewer axes
      fc
        .integer({ min: 0, max: axes.length })
        .map((skip) => axes.slice(skip).map(([length, , shrink]) => (shrink ? 1 : length))),
    ),
  );
  fc.assert(
    fc.property(pair, fc.constantFrom("add", "sub", "mul", "div"), ([first, second], op) => {
      checkGradients((x, y) => x[op](y), [scattered(first), positive(second, 11)], { tolerance: 1e-7 });
    }),
    { numRuns: 40 },
  );
});

test("only a scalar float has a gradient without a seed", () => {
  const x = makeNode("input", [], { name: "x", shape: [2], dtype: "float32" });
  const isRefusal = (error: unknown) => error instanceof GradusError && error.code === "not-differentiable";
  assert.throws(() => gradients(x, [x]), isRefusal);
  assert.throws(() => gradients(build.constant(1, "int32"), [x]), isRefusal);
});

test("checkGradients finds a wrong derivative", () => {
  // the value is x^2, but the gradient is that of x
  const wrong = (x: Tensor): Tensor => x.add(x.mul(x).sub(x).stopGradient());
  assert.throws(
    () => checkGradients(wrong, [scattered([3])]),
    (error: unknown) =>
      error instanceof GradusError && error.code === "not-differentiable" && (error.values.worst as number) > 0.1,
  );
});
