import { positionOf, sizeOf } from "../core/shape.ts";
import {
  binary,
  broadcastTo,
  cast,
  constant,
  div,
  makeNode,
  matmul,
  mul,
  neg,
  permute,
  reduce,
  reshape,
  select,
  sub,
  transposeLast,
  unary,
} from "../graph/build.ts";
import type { Node, Op } from "../graph/node.ts";
import { attentionGradRule } from "./attention.ts";

/** From the cotangent of a node's value, the cotangents of its inputs; `undefined` if none flows. */
type Rule<O extends Op> = (cotangent: Node, node: Node<O>, wanted: readonly boolean[]) => readonly (Node | undefined)[];

/** An operation through which no gradient flows, and why. */
interface Stop {
  readonly reason: string;
}

const scalar = (value: number): Node => constant(value);

const LEAF: Stop = { reason: "a leaf has no inputs" };
const LOOP: Stop = { reason: "a loop is differentiated as a whole, with all that is read of it: scan.ts" };
const DISCRETE: Stop = { reason: "the result is discrete: its derivative is zero wherever it exists" };

function input(node: Node, index: number): Node {
  return node.inputs[index] as Node;
}

/** Restores the reduced axes with size 1 and broadcasts them to the input's shape. */
function spread(reduced: Node, source: Node, axes: readonly number[]): Node {
  const kept = source.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return broadcastTo(reshape(reduced, kept), source.shape);
}

/** max and min divide their cotangent equally among equal winners (the shares sum to one). */
function reduceExtreme(cotangent: Node, node: Node<"reduce">): Node {
  const source = input(node, 0);
  const { axes } = node.attributes;
  const isWinner = cast(binary("equal", source, spread(node, source, axes)), "float32");
  const winners = reduce(isWinner, "sum", axes);
  return mul(isWinner, spread(div(cotangent, winners), source, axes));
}

/** Product: the cotangent times the product of all others, without dividing by a zero. */
function reduceProduct(cotangent: Node, node: Node<"reduce">): Node {
  const source = input(node, 0);
  const { axes } = node.attributes;
  // count zeros to avoid division by zero:
  // no zero: prod / x;   one zero: the product of the others, at the zero alone;   more: nothing
  const zero = broadcastTo(scalar(0), source.shape);
  const isZero = binary("equal", source, zero);
  const withoutZeros = select(isZero, broadcastTo(scalar(1), source.shape), source);
  const others = spread(reduce(withoutZeros, "prod", axes), source, axes);
  const zeros = spread(reduce(cast(isZero, "float32"), "sum", axes), source, axes);
  const hasNone = cast(binary("equal", zeros, zero), "float32");
  const hasOne = cast(binary("equal", zeros, broadcastTo(scalar(1), source.shape)), "float32");
  const share = select(isZero, mul(hasOne, others), mul(hasNone, div(others, withoutZeros)));
  return mul(share, spread(cotangent, source, axes));
}

function extreme(cotangent: Node, node: Node<"max"> | Node<"min">): readonly Node[] {
  // equal sides share the cotangent, as in PyTorch
  const [a, b] = [input(node, 0), input(node, 1)];
  const tie = binary("equal", a, b);
  const wins = node.op === "max" ? binary("less", b, a) : binary("less", a, b);
  const half = mul(cotangent, scalar(0.5));
  const none = broadcastTo(scalar(0), node.shape);
  return [select(tie, half, select(wins, cotangent, none)), select(tie, half, select(wins, none, cotangent))];
}

function power(cotangent: Node, node: Node<"pow">, wanted: readonly boolean[]): readonly (Node | undefined)[] {
  const [x, y] = [input(node, 0), input(node, 1)];
  // d/dx x^y = y x^(y - 1), and 0 where y = 0;   d/dy x^y = x^y log x, and 0 where x = 0 (y >= 0)
  const zero = broadcastTo(scalar(0), node.shape);
  const base = wanted[0]
    ? select(binary("equal", y, zero), zero, mul(cotangent, mul(y, binary("pow", x, sub(y, scalar(1))))))
    : undefined;
  const exponent = wanted[1]
    ? mul(
        cotangent,
        select(
          binary("equal", x, zero),
          zero,
          mul(node, unary("log", select(binary("equal", x, zero), broadcastTo(scalar(1), node.shape), x))),
        ),
      )
    : undefined;
  return [base, exponent];
}

/** Reverse-mode derivative rules, one per operation. A missing entry does not compile; "no gradient" is an entry with its reason. */
export const RULES: { readonly [O in Op]: Rule<O> | Stop } = {
  input: LEAF,
  constant: LEAF,
  literal: LEAF,
  iota: LEAF,
  randomBits: { reason: "random bits do not depend smoothly on their key" },

  neg: (g) => [neg(g)],
  // sign(x), with 0 at 0
  abs: (g, node) => {
    const x = input(node, 0);
    const zero = broadcastTo(scalar(0), node.shape);
    return [select(binary("equal", x, zero), zero, select(binary("less", x, zero), neg(g), g))];
  },
  // g / (2 sqrt(x))
  sqrt: (g, node) => [div(g, mul(scalar(2), node))],
  exp: (g, node) => [mul(g, node)],
  log: (g, node) => [div(g, input(node, 0))],
  sin: (g, node) => [mul(g, unary("cos", input(node, 0)))],
  cos: (g, node) => [neg(mul(g, unary("sin", input(node, 0))))],
  // g (1 - tanh^2)
  tanh: (g, node) => [mul(g, sub(scalar(1), mul(node, node)))],
  // g s (1 - s): no overflow for any x
  sigmoid: (g, node) => [mul(g, mul(node, sub(scalar(1), node)))],
  // g 2 / sqrt(pi) exp(-x^2)
  erf: (g, node) => {
    const x = input(node, 0);
    return [mul(g, mul(scalar(2 / Math.sqrt(Math.PI)), unary("exp", neg(mul(x, x)))))];
  },
  floor: DISCRETE,
  not: DISCRETE,
  cast: (g, node) => [input(node, 0).dtype === "float32" ? cast(g, "float32") : undefined],
  shiftRight: DISCRETE,
  stopGradient: { reason: "stopGradient blocks it" },

  add: (g) => [g, g],
  sub: (g, _, wanted) => [g, wanted[1] ? neg(g) : undefined],
  mul: (g, node, wanted) => [
    wanted[0] ? mul(g, input(node, 1)) : undefined,
    wanted[1] ? mul(g, input(node, 0)) : undefined,
  ],
  // a / b: g / b and -g (a / b) / b
  div: (g, node, wanted) => {
    const share = div(g, input(node, 1));
    return [share, wanted[1] ? neg(mul(share, node)) : undefined];
  },
  pow: power,
  max: extreme,
  min: extreme,
  equal: DISCRETE,
  less: DISCRETE,
  lessEqual: DISCRETE,
  and: DISCRETE,
  or: DISCRETE,
  select: (g, node, wanted) => {
    const condition = input(node, 0);
    const zero = broadcastTo(scalar(0), node.shape);
    return [
      undefined,
      wanted[1] ? select(condition, g, zero) : undefined,
      wanted[2] ? select(condition, zero, g) : undefined,
    ];
  },

  reduce: (g, node) => {
    const source = input(node, 0);
    const { kind, axes } = node.attributes;
    if (kind === "sum") return [spread(g, source, axes)];
    return [kind === "prod" ? reduceProduct(g, node) : reduceExtreme(g, node)];
  },

  reshape: (g, node) => [reshape(g, input(node, 0).shape)],
  permute: (g, node) => {
    const inverse = new Array<number>(node.attributes.order.length);
    node.attributes.order.forEach((axis, position) => {
      inverse[axis] = position;
    });
    return [permute(g, inverse)];
  },
  broadcast: (g, node) => {
    const from = input(node, 0).shape;
    const axes = from.map((_, axis) => axis).filter((axis) => from[axis] !== node.shape[axis]);
    return [reshape(reduce(g, "sum", axes), from)];
  },
  pad: (g, node) => {
    const { before, interior } = node.attributes;
    const step = interior.map((count) => count + 1);
    return [makeNode("slice", [g], { start: before, size: input(node, 0).shape, step })];
  },
  slice: (g, node) => {
    const { start, size, step } = node.attributes;
    const source = input(node, 0).shape;
    const covered = size.map((count, axis) => (count === 0 ? 0 : (count - 1) * (step[axis] as number) + 1));
    const after = source.map((length, axis) => length - (start[axis] as number) - (covered[axis] as number));
    return [makeNode("pad", [g], { before: start, after, interior: step.map((stride) => stride - 1), value: 0 })];
  },
  concat: (g, node, wanted) => {
    const { axis } = node.attributes;
    let offset = 0;
    return node.inputs.map((part, index) => {
      const start = part.shape.map((_, k) => (k === axis ? offset : 0));
      offset += part.shape[axis] as number;
      return wanted[index]
        ? makeNode("slice", [g], { start, size: part.shape, step: part.shape.map(() => 1) })
        : undefined;
    });
  },

  interleave: (g, node) => {
    const { counts } = node.attributes;
    const shape = input(node, 0).shape;
    return node.inputs.map((_, part) =>
      makeNode("slice", [g], { start: positionOf(part, counts), size: shape, step: counts }),
    );
  },

  // C = A B:   dA = dC B^T,   dB = A^T dC
  matmul: (g, node, wanted) => [
    wanted[0] ? matmul(g, transposeLast(input(node, 1))) : undefined,
    wanted[1] ? matmul(transposeLast(input(node, 0)), g) : undefined,
  ],
  gather: (g, node) => [
    makeNode("scatterAdd", [input(node, 1), g], { rows: input(node, 0).shape[0] as number }),
    undefined,
  ],
  scatterAdd: (g, node) => [
    undefined,
    sizeOf(input(node, 1).shape) > 0 ? makeNode("gather", [g, input(node, 0)], {}) : undefined,
  ],

  attention: (g, node) => [
    makeNode("attentionGrad", [input(node, 0), g, ...node.inputs.slice(1)], node.attributes),
    undefined,
  ],
  attentionGrad: attentionGradRule,

  // y = conv(x, w) is linear in either; the three directions are each other's derivatives
  conv: (g, node, wanted) => {
    const [x, w] = [input(node, 0), input(node, 1)];
    return [wanted[0] ? convData(g, w, x, node) : undefined, wanted[1] ? convWeight(x, g, node) : undefined];
  },
  convData: (x, node, wanted) => {
    const [g, w] = [input(node, 0), input(node, 1)];
    return [wanted[0] ? conv(x, w, node) : undefined, wanted[1] ? convWeight(x, g, node) : undefined];
  },
  convWeight: (w, node, wanted) => {
    const [x, g] = [input(node, 0), input(node, 1)];
    return [wanted[0] ? convData(g, w, x, node) : undefined, wanted[1] ? conv(x, w, node) : undefined];
  },
  windowSum: (g, node) => {
    const size = input(node, 0).shape.slice(1, -1);
    return [makeNode("windowSpread", [g], { ...node.attributes, size })];
  },
  windowSpread: (g, node) => [makeNode("windowSum", [g], node.attributes)],
  windowArgmax: DISCRETE,
  windowGather: (g, node) => {
    const [x, index] = [input(node, 0), input(node, 1)];
    return [makeNode("windowScatter", [index, g], { ...node.attributes, size: x.shape.slice(1, -1) }), undefined];
  },
  scan: LOOP,
  scanEvery: LOOP,
  scanLast: LOOP,
  scanCarry: { reason: "the memory of a loop, which compilers make after differentiation" },
  windowScatter: (g, node) => [undefined, makeNode("windowGather", [g, input(node, 0)], node.attributes)],
};

type AnyConv = Node<"conv"> | Node<"convData"> | Node<"convWeight">;

function conv(x: Node, w: Node, { attributes: { window, stride, dilation, before, after, groups } }: AnyConv): Node {
  return makeNode("conv", [x, w], { window, stride, dilation, before, after, groups });
}

function convData(g: Node, w: Node, x: Node, like: AnyConv): Node {
  const { window, stride, dilation, before, after, groups } = like.attributes;
  const size = x.shape.slice(1, -1);
  return makeNode("convData", [g, w], { window, stride, dilation, before, after, groups, size });
}

function convWeight(
  x: Node,
  g: Node,
  { attributes: { window, stride, dilation, before, after, groups } }: AnyConv,
): Node {
  return makeNode("convWeight", [x, g], { window, stride, dilation, before, after, groups });
}

export function ruleOf<O extends Op>(op: O): Rule<O> | Stop {
  return RULES[op] as Rule<O> | Stop;
}
