import { SMALLEST_NORMAL } from "../../core/subnormal.ts";
import { binary, constant, select, unary } from "../../graph/build.ts";
import { type Graph, isOp, type Node } from "../../graph/node.ts";

/** For targets that do not flush subnormal numbers themselves: a state becomes 0 if its next value is below 2^-126 in magnitude. Values
 *  that decay from step to step (moments of weights without gradient, running statistics, weights under a penalty) would otherwise enter
 *  the subnormal range, stay there, and slow down every later step.
 *    next <- |next| < 2^-126 ? 0 : next
 *  NaN stays NaN. An output that is the next value of a state is flushed as well. */
export function flushStates(graph: Graph): Graph {
  const before = new Set<Node>(graph.states.map(({ input }) => input));
  const flushed = new Map<Node, Node>();
  for (const { next } of graph.states) {
    if (next.dtype === "float32" && !before.has(next) && !isOp(next, "constant")) flushed.set(next, flush(next));
  }
  const get = (node: Node): Node => flushed.get(node) ?? node;
  return {
    inputs: graph.inputs,
    states: graph.states.map(({ input, next }) => ({ input, next: get(next) })),
    outputs: graph.outputs.map(get),
  };
}

function flush(node: Node): Node {
  const isSubnormal = binary("less", unary("abs", node), constant(SMALLEST_NORMAL));
  return select(isSubnormal, constant(0), node);
}
