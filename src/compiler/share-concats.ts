import { append } from "../core/extremes.ts";
import { sizeOf } from "../core/shape.ts";
import { makeNode, reshape } from "../graph/build.ts";
import { type Graph, isOp, type Node, type Op } from "../graph/node.ts";
import { graphRoots, topologicalOrder } from "../graph/walk.ts";

/** Values that are adjacent in memory: a concatenation along its outermost axis. */
interface Row {
  readonly node: Node;
  /** the parts, whatever their shapes */
  readonly parts: readonly Node[];
}

/** Where the values of a row lie in another one. */
interface Place {
  readonly row: Row;
  readonly index: number;
}

/** If one concatenation contains the parts of another in the same order, makes the other a view of it. The states of a recurrence are the
 *  output of a layer and, except for the last, the factor of its weight gradient: each value then has one place where it can be written. */
export function shareConcats(graph: Graph): Graph {
  const order = topologicalOrder(graphRoots(graph));
  const rows = order.flatMap((node) => rowOf(node) ?? []);
  if (rows.length < 2) return graph;
  const places = new Map<Node, Place[]>();
  for (const row of rows) {
    row.parts.forEach((part, index) => {
      const known = places.get(part);
      if (known) known.push({ row, index });
      else places.set(part, [{ row, index }]);
    });
  }
  const shared = new Map<Node, Place>();
  for (const row of rows) {
    const home = (places.get(row.parts[0] as Node) as Place[])
      .filter((place) => isRoomier(place.row, row) && holds(place, row))
      .find((place) => !needs(place.row.node, row.node, shared));
    if (home) shared.set(row.node, home);
  }
  return shared.size > 0 ? rebuilt(graph, order, shared) : graph;
}

function rowOf(node: Node): Row | undefined {
  if (!isOp(node, "concat") || sizeOf(node.shape) === 0) return undefined;
  if (sizeOf(node.shape.slice(0, node.attributes.axis)) !== 1) return undefined;
  const parts = node.inputs.map((input) => {
    let part = input;
    while (part.op === "reshape") part = part.inputs[0] as Node;
    return part;
  });
  return { node, parts };
}

/** Of two with the same parts, the one made first. */
function isRoomier(a: Row, b: Row): boolean {
  return a.parts.length > b.parts.length || (a.parts.length === b.parts.length && a.node.id < b.node.id);
}

function holds({ row, index }: Place, { parts }: Row): boolean {
  return parts.every((part, k) => row.parts[index + k] === part);
}

function neededBy(node: Node, shared: ReadonlyMap<Node, Place>): readonly Node[] {
  const home = shared.get(node);
  return home ? [home.row.node] : node.inputs;
}

/** Does the node need the target, given that some nodes are views of others? */
function needs(node: Node, target: Node, shared: ReadonlyMap<Node, Place>): boolean {
  const seen = new Set<Node>();
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    append(open, neededBy(next, shared));
  }
  return false;
}

/** The graph with views in place of the concatenations. */
function rebuilt(graph: Graph, order: readonly Node[], shared: ReadonlyMap<Node, Place>): Graph {
  const done = new Map<Node, Node>();
  const make = (node: Node): Node => {
    const home = shared.get(node);
    if (home) return viewOf(node, home, done.get(home.row.node) as Node);
    const inputs = node.inputs.map((input) => done.get(input) as Node);
    return inputs.every((input, index) => input === node.inputs[index])
      ? node
      : makeNode<Op>(node.op, inputs, node.attributes);
  };
  // inputs first; a view's array may have been made after it
  for (const root of order) {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1) as Node;
      const missing = done.has(node) ? [] : neededBy(node, shared).filter((needed) => !done.has(needed));
      if (missing.length > 0) {
        append(stack, missing);
        continue;
      }
      if (!done.has(node)) done.set(node, make(node));
      stack.pop();
    }
  }
  const get = (node: Node) => done.get(node) as Node;
  return {
    inputs: graph.inputs,
    states: graph.states.map(({ input, next }) => ({ input, next: get(next) })),
    outputs: graph.outputs.map(get),
  };
}

function viewOf(node: Node, { row, index }: Place, array: Node): Node {
  const start = row.parts.slice(0, index).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const flat = reshape(array, [sizeOf(array.shape)]);
  const part = makeNode("slice", [flat], { start: [start], size: [sizeOf(node.shape)], step: [1] });
  return reshape(part, node.shape);
}
