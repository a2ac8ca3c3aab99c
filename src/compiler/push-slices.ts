import { sizeOf } from "../core/shape.ts";
import { makeNode } from "../graph/build.ts";
import { costOf } from "../graph/cost.ts";
import { isElementwise, isFormula, isMovement } from "../graph/kinds.ts";
import { type Graph, isOp, type Node, type Op } from "../graph/node.ts";
import { graphRoots, topologicalOrder } from "../graph/walk.ts";
import { resolveAccess } from "./access.ts";

/** Moves slices before element-wise work that is only read slice by slice: (a + b)[s] = a[s] + b[s]. The gates of a recurrence then add
 *  what they need themselves, and pooling normalises what it compares; the whole never reaches memory. Together the slices are no larger
 *  than the whole. */
export function pushSlices(graph: Graph): Graph {
  let current = graph;
  for (let next = pushOnce(current); next !== undefined; next = pushOnce(current)) current = next;
  return current;
}

function pushOnce(graph: Graph): Graph | undefined {
  const roots = graphRoots(graph);
  const order = topologicalOrder(roots);
  const users = new Map<Node, Node[]>();
  for (const node of order) {
    for (const input of new Set(node.inputs)) {
      const known = users.get(input);
      if (known) known.push(node);
      else users.set(input, [node]);
    }
  }
  const isRoot = new Set(roots);
  const isSliced = (node: Node): boolean => {
    const readers = users.get(node) ?? [];
    if (readers.length < 2 || isRoot.has(node) || !readers.every(({ op }) => op === "slice")) return false;
    if (readers.reduce((sum, { shape }) => sum + sizeOf(shape), 0) > sizeOf(node.shape)) return false;
    return node.op === "add" || node.op === "sub" || (readers.every(isStrided) && workOf(node) !== undefined);
  };
  const sliced = new Set(order.filter(isSliced));
  if (sliced.size === 0) return undefined;

  const done = new Map<Node, Node>();
  const get = (node: Node) => done.get(node) as Node;
  for (const node of order) {
    const source = node.inputs[0];
    if (isOp(node, "slice") && source && sliced.has(source)) {
      const inner = isStrided(node) ? (workOf(source) ?? new Set([source])) : new Set([source]);
      done.set(node, sliceOf(source, node.attributes, inner, get, new Map()));
    } else if (!sliced.has(node)) {
      const isSame = node.inputs.every((input) => get(input) === input);
      done.set(node, isSame ? node : makeNode<Op>(node.op, node.inputs.map(get), node.attributes));
    } else {
      done.set(node, node);
    }
  }
  return {
    inputs: graph.inputs,
    states: graph.states.map(({ input, next }) => ({ input, next: get(next) })),
    outputs: graph.outputs.map(get),
  };
}

/** Does it take every second, third, … position of some axis, as the windows of pooling do? */
function isStrided(node: Node): boolean {
  return isOp(node, "slice") && node.attributes.step.some((step) => step > 1);
}

/** Cheap work of no more operations and arrays than this is done again where its result is read. */
const MOST_OPERATIONS = 10;
const MOST_ARRAYS = 2;

/** The element-wise operations that lead to a value, if they are few and cheap. */
function workOf(value: Node): ReadonlySet<Node> | undefined {
  const inner = new Set<Node>();
  const arrays = new Set<Node>();
  const stack = [value];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (inner.has(node)) continue;
    if (isElementwise(node.op) && costOf(node.op) === 1) {
      inner.add(node);
      for (const input of node.inputs) stack.push(input);
    } else {
      const { base } = resolveAccess(node);
      // what is small and spread counts for nothing
      if (!isFormula(base) && sizeOf(base.shape) * 8 > sizeOf(value.shape)) arrays.add(base);
      if (isMovement(base.op) || isElementwise(node.op)) return undefined;
    }
    if (inner.size > MOST_OPERATIONS || arrays.size > MOST_ARRAYS) return undefined;
  }
  return inner.has(value) ? inner : undefined;
}

/** A slice of a value, whose inner operations are done on slices. */
function sliceOf(
  value: Node,
  attributes: Node<"slice">["attributes"],
  inner: ReadonlySet<Node>,
  get: (node: Node) => Node,
  done: Map<Node, Node>,
): Node {
  const known = done.get(value);
  if (known) return known;
  const result = inner.has(value)
    ? makeNode<Op>(
        value.op,
        value.inputs.map((input) => sliceOf(input, attributes, inner, get, done)),
        value.attributes,
      )
    : makeNode("slice", [get(value)], attributes);
  done.set(value, result);
  return result;
}
