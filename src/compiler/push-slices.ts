import { sizeOf } from "../core/shape.ts";
import { makeNode } from "../graph/build.ts";
import { type Graph, isOp, type Node, type Op } from "../graph/node.ts";
import { graphRoots, topologicalOrder } from "../graph/walk.ts";

/** Moves slices before sums that are only read slice by slice: (a + b)[s] = a[s] + b[s]. The gates of a recurrence then add what they
 *  need themselves, and the whole sum never reaches memory. Nothing is computed twice: together the slices are no larger than the sum. */
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
    if (node.op !== "add" && node.op !== "sub") return false;
    const readers = users.get(node) ?? [];
    if (readers.length < 2 || isRoot.has(node) || !readers.every(({ op }) => op === "slice")) return false;
    return readers.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= sizeOf(node.shape);
  };
  const sliced = new Set(order.filter(isSliced));
  if (sliced.size === 0) return undefined;

  const done = new Map<Node, Node>();
  const get = (node: Node) => done.get(node) as Node;
  for (const node of order) {
    const source = node.inputs[0];
    if (isOp(node, "slice") && source && sliced.has(source)) {
      const parts = source.inputs.map((input) => makeNode("slice", [get(input)], node.attributes));
      done.set(node, makeNode<Op>(source.op, parts, source.attributes));
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
