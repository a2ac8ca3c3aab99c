import type { Graph, Node } from "./node.ts";

/** Every node that the roots need, inputs before users, each once. Iterative: deep graphs do not exhaust the stack. */
export function topologicalOrder(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop() as Node;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) if (!seen.has(input)) stack.push(input);
  }
  // ids grow with creation, and a node is created after its inputs
  return [...seen].sort((a, b) => a.id - b.id);
}

export function graphRoots(graph: Graph): Node[] {
  return [...graph.states.map((state) => state.next), ...graph.outputs];
}
