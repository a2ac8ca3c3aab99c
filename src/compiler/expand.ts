import { makeNode } from "../graph/build.ts";
import type { OpsOf } from "../graph/kinds.ts";
import type { Graph, Node, Op } from "../graph/node.ts";
import { graphRoots, topologicalOrder } from "../graph/walk.ts";
import { expandConv, expandConvData, expandConvWeight } from "./expand/conv.ts";
import { expandArgmax, expandGather, expandScatter, expandSpread, expandSum } from "./expand/windows.ts";

/** Writes operations on windows with other operations: convolutions become those that have kernels, pooling becomes element-wise work on
 *  shifted views. A node that has a kernel is returned unchanged. A window operation without an entry does not compile.
 *  The second argument is the node before its inputs were expanded. */
const EXPANSIONS: {
  readonly [O in OpsOf<"window"> | "conv" | "convData" | "convWeight"]: (node: Node<O>, before: Node<O>) => Node;
} = {
  conv: expandConv,
  convData: expandConvData,
  convWeight: expandConvWeight,
  windowSum: expandSum,
  windowSpread: expandSpread,
  windowArgmax: expandArgmax,
  windowGather: expandGather,
  windowScatter: expandScatter,
};

/** Replaces the operations of a graph that have no kernel. Inputs and states stay the same nodes. */
export function expand(graph: Graph): Graph {
  const done = new Map<Node, Node>();
  const get = (node: Node): Node => done.get(node) as Node;
  for (const node of topologicalOrder(graphRoots(graph))) {
    const isChanged = node.inputs.some((input) => get(input) !== input);
    const current: Node<Op> = isChanged ? makeNode(node.op, node.inputs.map(get), node.attributes) : node;
    const expansion = (EXPANSIONS as Partial<Record<Op, (node: Node, before: Node) => Node>>)[current.op];
    done.set(node, expansion ? expansion(current, node) : current);
  }
  return {
    inputs: graph.inputs,
    states: graph.states.map(({ input, next }) => ({ input, next: get(next) })),
    outputs: graph.outputs.map(get),
  };
}
