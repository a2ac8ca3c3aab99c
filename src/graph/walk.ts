import type { Graph, Node } from "./node.ts";

/** Every node that the roots need, inputs before users, each once. Iterative, so deep graphs do not exhaust the stack. */
export function topologicalOrder(roots: readonly Node[]): Node[] {
  const seen = new Map<number, Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop() as Node;
    if (seen.has(node.id)) continue;
    seen.set(node.id, node);
    const { inputs } = node;
    for (let index = 0; index < inputs.length; index++) {
      const input = inputs[index] as Node;
      if (!seen.has(input.id)) stack.push(input);
    }
  }
  // ids grow with creation, and a node is created after its inputs; sorting plain numbers needs no call per comparison
  const ids = Float64Array.from(seen.keys()).sort();
  const order = new Array<Node>(ids.length);
  for (let place = 0; place < ids.length; place++) order[place] = seen.get(ids[place] as number) as Node;
  return order;
}

export function graphRoots(graph: Graph): Node[] {
  return [...graph.states.map((state) => state.next), ...graph.outputs];
}
