import type { Graph, Node } from "./node.ts";
import { graphRoots, topologicalOrder } from "./walk.ts";

function attributeText(node: Node): string {
  return Object.entries(node.attributes)
    .filter(([key]) => !["shape", "dtype", "data"].includes(key))
    .map(([key, value]) => ` ${key}=${Array.isArray(value) ? `[${value.join(",")}]` : String(value)}`)
    .join("");
}

/** One node per line: `%3 = add(%1, %2) : float32 (4, 8)`. */
export function printGraph(graph: Graph): string {
  const order = topologicalOrder(graphRoots(graph));
  const names = new Map(order.map((node, index) => [node, `%${index}`]));
  const lines = order.map((node) => {
    const inputs = node.inputs.map((input) => names.get(input)).join(", ");
    return `${names.get(node)} = ${node.op}(${inputs})${attributeText(node)} : ${node.dtype} (${node.shape.join(", ")})`;
  });
  const states = graph.states.map(
    ({ input, next }) => `${names.get(input) ?? input.attributes.name} <- ${names.get(next)}`,
  );
  return [...lines, ...states, `return ${graph.outputs.map((node) => names.get(node)).join(", ")}`].join("\n");
}
