import type { DType, HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { requireElementType, requireHostArray, requireShape, stored } from "../core/host-array.ts";
import { broadcastShapes, resolveShape, type Shape, sameShape, sizeOf } from "../core/shape.ts";
import type { Attributes, Node, Op, ReduceKind } from "./node.ts";
import { PRIMITIVES } from "./primitives/index.ts";
import type { Primitive } from "./primitives/primitive.ts";

let created = 0;

/** Makes a node after its shape rule accepts the inputs. */
export function makeNode<O extends Op>(op: O, inputs: readonly Node[], attributes: Attributes[O]): Node<O> {
  const primitive = PRIMITIVES[op] as Primitive<O>;
  if (primitive.arity >= 0 ? inputs.length !== primitive.arity : inputs.length === 0) {
    throw new GradusError(
      "bad-argument",
      `${op}: expected ${primitive.arity < 0 ? "at least one" : primitive.arity} inputs, got ${inputs.length}.`,
      {
        op,
        got: inputs.length,
      },
    );
  }
  const { shape, dtype } = primitive.infer(inputs, attributes);
  requireShape(op, shape);
  requireElementType(op, dtype);
  return { id: created++, op, inputs, attributes, shape, dtype };
}

export function constant(value: number, dtype: DType = "float32"): Node {
  return makeNode("constant", [], { value, dtype });
}

/** An array as a node, without a copy if its elements are already stored in its type's typed array.
 *  @throws GradusError as `requireHostArray`. */
export function literal(array: HostArray): Node<"literal"> {
  requireHostArray("tensor", array);
  const { data, shape, dtype } = stored(array);
  return makeNode("literal", [], { data, shape, dtype });
}

/** An array filled with one value. */
export function full(shape: Shape, value: number, dtype: DType = "float32"): Node {
  requireShape("full", shape);
  return broadcastTo(constant(value, dtype), shape);
}

export function reshape(node: Node, shape: Shape): Node {
  // -1 stands for the size that the others leave
  if (!Array.isArray(shape)) requireShape("reshape", shape);
  const resolved = resolveShape("reshape", shape, sizeOf(node.shape));
  return sameShape(resolved, node.shape) ? node : makeNode("reshape", [node], { shape: resolved });
}

/** NumPy's broadcasting: size-1 axes are added at the left, then sizes of 1 grow. */
export function broadcastTo(node: Node, shape: Shape): Node {
  requireShape("broadcastTo", shape);
  if (sameShape(node.shape, shape)) return node;
  const missing = Math.max(0, shape.length - node.shape.length);
  const aligned = missing > 0 ? reshape(node, [...new Array<number>(missing).fill(1), ...node.shape]) : node;
  return sameShape(aligned.shape, shape) ? aligned : makeNode("broadcast", [aligned], { shape });
}

type SameShapeOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "max"
  | "min"
  | "equal"
  | "less"
  | "lessEqual"
  | "and"
  | "or";

/** Element-wise with broadcasting. */
export function binary(op: SameShapeOp, a: Node, b: Node): Node {
  const shape = broadcastShapes(op, a.shape, b.shape);
  return makeNode(op, [broadcastTo(a, shape), broadcastTo(b, shape)], {});
}

export const add = (a: Node, b: Node): Node => binary("add", a, b);
export const sub = (a: Node, b: Node): Node => binary("sub", a, b);
export const mul = (a: Node, b: Node): Node => binary("mul", a, b);
export const div = (a: Node, b: Node): Node => binary("div", a, b);

type UnaryOp =
  | "neg"
  | "abs"
  | "sqrt"
  | "exp"
  | "log"
  | "sin"
  | "cos"
  | "tanh"
  | "sigmoid"
  | "erf"
  | "floor"
  | "not"
  | "stopGradient";

export function unary(op: UnaryOp, a: Node): Node {
  return makeNode(op, [a], {});
}

export const neg = (a: Node): Node => unary("neg", a);

export function cast(node: Node, to: DType): Node {
  return node.dtype === to ? node : makeNode("cast", [node], { to });
}

/** condition ? a : b, with broadcasting. */
export function select(condition: Node, a: Node, b: Node): Node {
  const shape = broadcastShapes("select", condition.shape, a.shape, b.shape);
  return makeNode("select", [broadcastTo(condition, shape), broadcastTo(a, shape), broadcastTo(b, shape)], {});
}

export function reduce(node: Node, kind: ReduceKind, axes: readonly number[]): Node {
  return axes.length === 0 ? node : makeNode("reduce", [node], { kind, axes });
}

export function permute(node: Node, order: readonly number[]): Node {
  return order.every((axis, index) => axis === index) && order.length === node.shape.length
    ? node
    : makeNode("permute", [node], { order });
}

/** Swaps the last two axes. */
export function transposeLast(node: Node): Node {
  const rank = node.shape.length;
  const order = node.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return permute(node, order);
}

export function matmul(a: Node, b: Node): Node {
  return makeNode("matmul", [a, b], {});
}

/** The common batch sizes of a matrix product, all axes but the last two. */
export function broadcastLead(a: Node, b: Node): number[] {
  return broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
}
