import { sizeOf } from "../core/shape.ts";
import { broadcastTo, constant, makeNode, reshape } from "../graph/build.ts";
import { isElementwise, isFormula, isMovement, KINDS, needsArrays } from "../graph/kinds.ts";
import { type Graph, isOp, type Node, type Op } from "../graph/node.ts";
import { PRIMITIVES } from "../graph/primitives/index.ts";
import type { Primitive } from "../graph/primitives/primitive.ts";
import { graphRoots, topologicalOrder } from "../graph/walk.ts";
import { squeezeShape } from "./access.ts";
import { squaresBySample, sumOfCentred } from "./centred-sums.ts";
import { sinkPermute } from "./sink-permutes.ts";
import { sinkReshape } from "./sink-reshapes.ts";

/** The one value of all elements, if the graph shows it. */
export function uniformValue(node: Node): number | undefined {
  let source = node;
  while (isMovement(source.op)) source = source.inputs[0] as Node;
  if (isOp(source, "constant")) return source.attributes.value;
  return undefined;
}

/** One value everywhere, as a node of the given form. */
function uniform(like: Node, value: number): Node {
  return broadcastTo(constant(value, like.dtype), like.shape);
}

function evaluateScalar<O extends Op>(node: Node<O>, values: readonly number[]): number {
  const primitive = PRIMITIVES[node.op] as Primitive<O>;
  const inputs = values.map((value, index) => ({
    shape: [],
    dtype: (node.inputs[index] as Node).dtype,
    data: Float64Array.of(value),
  }));
  return primitive.evaluate(inputs, node.attributes, { shape: [], dtype: node.dtype }).data[0] as number;
}

/** Is x / value = x (1 / value) to the last bit? Only for powers of two: with other values 49 / 49 could be less than 1. */
function hasExactReciprocal(value: number): boolean {
  const exponent = Math.log2(Math.abs(value));
  return Number.isInteger(exponent) && Math.abs(exponent) <= 126;
}

/** The replacement of a node; undefined: keep it.
 *  @param simple simplifies a node, so that equal ones are the same. */
type Rewrite = (node: Node, simple: (node: Node) => Node) => Node | undefined;

const only =
  (...ops: readonly Op[]) =>
  (op: Op): boolean =>
    ops.includes(op);

/** Rules for one node whose inputs are already simple, each with its operations. The first rule that returns a node wins. */
const RULES: readonly (readonly [(op: Op) => boolean, Rewrite])[] = [
  // a marker for differentiation only
  [only("stopGradient"), (node) => node.inputs[0]],

  // all inputs uniform: compute now
  [
    (op) => isElementwise(op) && op !== "shiftRight",
    (node) => {
      if (node.inputs.some((input) => uniformValue(input) === undefined)) return undefined;
      return uniform(node, evaluateScalar(node, node.inputs.map(uniformValue) as number[]));
    },
  ],

  // a reduction over axes of size 1 is a reshape; over a uniform value, arithmetic
  [
    only("reduce"),
    (node) => {
      if (!isOp(node, "reduce")) return undefined;
      const source = node.inputs[0] as Node;
      const { kind, axes } = node.attributes;
      const long = axes.filter((axis) => source.shape[axis] !== 1);
      if (long.length === 0) return reshape(source, node.shape);
      const value = uniformValue(source);
      const count = sizeOf(axes.map((axis) => source.shape[axis] as number));
      if (value === undefined || count === 0) return undefined;
      const result = { sum: value * count, max: value, min: value, prod: value ** count }[kind];
      // integers wrap around: only a computation that certainly does not
      return node.dtype === "float32" || Math.abs(result) < 2 ** 31 ? uniform(node, result) : undefined;
    },
  ],

  // a product or convolution over an empty axis, or without elements
  [
    only("matmul", "conv", "convData", "convWeight"),
    (node) => (node.inputs.some(({ shape }) => shape.includes(0)) ? uniform(node, 0) : undefined),
  ],

  // a formula that a whole-array kernel reads is marked to be written out
  [
    needsArrays,
    (node) => {
      if (!node.inputs.some(isFormula)) return undefined;
      const written = (input: Node) => makeNode("permute", [input], { order: input.shape.map((_, axis) => axis) });
      return makeNode<Op>(
        node.op,
        node.inputs.map((input) => (isFormula(input) ? written(input) : input)),
        node.attributes,
      );
    },
  ],

  // neutral elements
  [
    only("add", "sub", "mul", "div", "pow", "select"),
    (node) => {
      const [a, b] = node.inputs as [Node, Node];
      const left = uniformValue(a);
      const right = uniformValue(b);
      switch (node.op) {
        case "add":
          return right === 0 ? a : left === 0 ? b : undefined;
        case "sub":
          return right === 0 ? a : left === 0 && node.dtype === "float32" ? makeNode("neg", [b], {}) : undefined;
        case "mul":
          return right === 1 ? a : left === 1 ? b : undefined;
        case "div":
          return right === 1
            ? a
            : right !== undefined && hasExactReciprocal(right)
              ? makeNode("mul", [a, uniform(b, 1 / right)], {})
              : undefined;
        case "pow":
          if (right === 1) return a;
          if (right === 2) return makeNode("mul", [a, a], {});
          return right === 0.5 ? makeNode("sqrt", [a], {}) : undefined;
        case "select":
          return left === undefined ? undefined : (node.inputs[left ? 1 : 2] as Node);
        default:
          return undefined;
      }
    },
  ],

  // x + (-y) = x - y;   x - (-y) = x + y;   -(-x) = x
  [
    only("neg", "add", "sub"),
    (node) => {
      const negated = (part: Node | undefined): Node | undefined => (part?.op === "neg" ? part.inputs[0] : undefined);
      const [a, b] = node.inputs as [Node, Node];
      if (node.op === "neg") return negated(a);
      const other = negated(b);
      if (other) return makeNode(node.op === "add" ? "sub" : "add", [a, other], {});
      const first = negated(a);
      return first && node.op === "add" ? makeNode("sub", [b, first], {}) : undefined;
    },
  ],

  // f(broadcast a, broadcast b) = broadcast f(a, b), if a and b have the same shape
  [
    isElementwise,
    (node) => {
      if (!node.inputs.some(({ op }) => op === "broadcast")) return undefined;
      const wide = node.inputs.filter((input) => uniformValue(input) === undefined);
      const first = wide[0];
      if (!first || !wide.every((input) => input.op === "broadcast")) return undefined;
      const small = (first.inputs[0] as Node).shape;
      if (!wide.every((input) => sameSizes((input.inputs[0] as Node).shape, small))) return undefined;
      const inputs = node.inputs.map((input) => {
        const value = uniformValue(input);
        return value === undefined ? (input.inputs[0] as Node) : broadcastTo(constant(value, input.dtype), small);
      });
      return broadcastTo(makeNode(node.op, inputs, node.attributes), node.shape);
    },
  ],

  // (a + b) + b = a + 2 b, the gradient of a square;   b + b = 2 b;   2 (s x) = (2 s) x
  [
    only("add"),
    (node) => {
      const [a, b] = node.inputs as [Node, Node];
      if (node.dtype !== "float32") return undefined;
      const twice = (x: Node): Node | undefined => {
        const small = isOp(x, "mul") ? x.inputs.find(({ op }) => op === "broadcast") : undefined;
        const [left, right] = x.inputs as [Node, Node];
        return small && makeNode("mul", [makeNode("add", [small, small], {}), small === left ? right : left], {});
      };
      if (a === b) return twice(a);
      const [first, second] = a.inputs as [Node, Node];
      const doubled = isOp(a, "add") && second === b ? twice(b) : undefined;
      return doubled && makeNode("add", [first, doubled], {});
    },
  ],

  // movement of movement of the same kind, and movement without effect
  [
    only("reshape", "broadcast", "permute", "cast", "slice"),
    (node) => {
      const source = node.inputs[0];
      if (isOp(node, "reshape") && source) {
        if (sameSizes(source.shape, node.shape)) return source;
        return source.op === "reshape" ? makeNode("reshape", [source.inputs[0] as Node], node.attributes) : undefined;
      }
      if (isOp(node, "broadcast") && source) {
        if (sameSizes(source.shape, node.shape)) return source;
        return source.op === "broadcast"
          ? makeNode("broadcast", [source.inputs[0] as Node], node.attributes)
          : undefined;
      }
      if (isOp(node, "permute") && source && isOp(source, "permute")) {
        const inner = source.attributes.order;
        const order = node.attributes.order.map((axis) => inner[axis] as number);
        const original = source.inputs[0] as Node;
        return order.every((axis, index) => axis === index) ? original : makeNode("permute", [original], { order });
      }
      if (isOp(node, "cast") && source?.dtype === node.dtype) return source;
      if (isOp(node, "slice") && source && sameSizes(source.shape, node.shape)) return source;
      return undefined;
    },
  ],

  // f(reshape a, reshape b) = reshape f(a, b), if a and b are products, or computed from them, of one shape: what follows a product then
  // has the product's shape, and runs in its kernel
  [
    isElementwise,
    (node) => {
      const wide = node.inputs.filter((input) => uniformValue(input) === undefined);
      const source = wide[0]?.inputs[0];
      // axes of size 1 do not count in a loop
      if (source === undefined || sameSizes(squeezeShape(source.shape), squeezeShape(node.shape))) return undefined;
      for (const input of wide) {
        const inner = input.inputs[0];
        if (!isOp(input, "reshape") || inner === undefined) return undefined;
        if (inner.op !== "matmul" && !isElementwise(inner.op)) return undefined;
        if (!sameSizes(inner.shape, source.shape)) return undefined;
      }
      const inputs = node.inputs.map((input) => {
        const value = uniformValue(input);
        if (value === undefined) return input.inputs[0] as Node;
        return broadcastTo(constant(value, input.dtype), source.shape);
      });
      return reshape(makeNode(node.op, inputs, node.attributes), node.shape);
    },
  ],

  // permutations move behind operations that do not depend on the order of axes
  [(op) => isElementwise(op) || ["reduce", "slice", "pad", "concat"].includes(op), sinkPermute],

  // joined axes within which values repeat
  [(op) => isElementwise(op) || op === "reduce", sinkReshape],

  // sums of what is left over from its own mean
  [only("reduce"), sumOfCentred],

  // a long reduction over several axes with few results, in two steps: over all but the first of the axes, then over that one. Threads share
  // the first step, and the digits do not depend on their number
  [
    only("reduce"),
    (node, simple) => {
      if (!isOp(node, "reduce")) return undefined;
      const source = node.inputs[0] as Node;
      const { kind, axes } = node.attributes;
      const long = axes.filter((axis) => (source.shape[axis] as number) > 1);
      const count = sizeOf(long.map((axis) => source.shape[axis] as number));
      if (node.shape.length === 0 || long.length < 2 || count < SPLIT_REDUCTION) return undefined;
      const first = long[0] as number;
      const rest = axes.filter((axis) => axis !== first);
      const place = first - rest.filter((axis) => axis < first).length;
      const squares = squaresBySample(node, first, rest, simple);
      if (squares) return squares;
      return makeNode("reduce", [makeNode("reduce", [source], { kind, axes: rest })], { kind, axes: [place] });
    },
  ],

  // every iota becomes one-dimensional, so that its value is an affine function of the position
  [
    only("iota"),
    (node) => {
      if (!isOp(node, "iota") || node.shape.length === 1) return undefined;
      const { shape, axis } = node.attributes;
      const line = makeNode("iota", [], { shape: [shape[axis] as number], axis: 0 });
      return broadcastTo(
        reshape(
          line,
          shape.map((size, k) => (k === axis ? size : 1)),
        ),
        shape,
      );
    },
  ],

  // a large reduction to one value in two steps: rows, then their results; the same digits for any number of threads
  [
    only("reduce"),
    (node) => {
      if (!isOp(node, "reduce") || node.shape.length > 0) return undefined;
      const source = node.inputs[0] as Node;
      const size = sizeOf(source.shape);
      if (size < SPLIT_REDUCTION || source.shape.length < 1) return undefined;
      const { kind } = node.attributes;
      const lead = source.shape.findIndex((dimension) => dimension > 1);
      if (source.shape.length - lead === 1) {
        const rows = [64, 60, 50, 48, 40, 32, 30, 25, 20, 16].find((count) => size % count === 0);
        if (rows === undefined) return undefined;
        const rewritten = makeNode("reduce", [reshape(source, [rows, size / rows])], { kind, axes: [1] });
        return makeNode("reduce", [rewritten], { kind, axes: [0] });
      }
      const rest = source.shape.map((_, axis) => axis).filter((axis) => axis !== lead);
      return makeNode("reduce", [makeNode("reduce", [source], { kind, axes: rest })], { kind, axes: [0] });
    },
  ],
];

const RULES_OF = new Map(
  (Object.keys(KINDS) as Op[]).map((op) => [op, RULES.filter(([appliesTo]) => appliesTo(op)).map(([, rule]) => rule)]),
);

/** From this many elements on, a full reduction runs in two steps. */
const SPLIT_REDUCTION = 4096;

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The attributes as text that distinguishes 0 and -0. */
function attributesKey(node: Node): string {
  let key = "";
  for (const name in node.attributes) {
    const given = (node.attributes as Readonly<Record<string, unknown>>)[name];
    // a node is known by its number
    const value = name === "of" ? `#${(given as Node).id}` : given;
    key += ` ${name}=${Object.is(value, -0) ? "-0" : value}`;
  }
  return key;
}

/** Rewrites a graph to an equal, smaller one: common parts once, constants computed, neutral operations removed.
 *  Inputs and state inputs stay the same nodes. */
export function simplify(graph: Graph): Graph {
  const done = new Map<Node, Node>();
  const interned = new Map<string, Node>();

  const intern = (node: Node): Node => {
    if (node.op === "input" || node.op === "literal" || node.op === "scan") return node;
    const key = `${node.op}(${node.inputs.map((input) => input.id).join(",")})${attributesKey(node)}`;
    const known = interned.get(key);
    if (known) return known;
    interned.set(key, node);
    return node;
  };

  // a rewritten node may consist of new nodes; they pass through here as well
  const visit = (node: Node): Node => {
    const known = done.get(node);
    if (known) return known;
    const changed = node.inputs.some((input) => visit(input) !== input);
    let current = intern(changed ? makeNode(node.op, node.inputs.map(visit), node.attributes) : node);
    for (const rule of RULES_OF.get(current.op) as readonly Rewrite[]) {
      const better = rule(current, visit);
      if (better && better !== current) {
        current = visit(better);
        break;
      }
    }
    done.set(node, current);
    // a simple node is not visited again when a later rule returns it
    done.set(current, current);
    return current;
  };

  // inputs before users, so that the recursion stays shallow
  for (const node of topologicalOrder(graphRoots(graph))) visit(node);
  return {
    inputs: graph.inputs,
    states: graph.states.map(({ input, next }) => ({ input, next: visit(next) })),
    outputs: graph.outputs.map(visit),
  };
}
