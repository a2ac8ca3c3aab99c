import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { openBackend } from "../engine/select-backend.ts";
import { literal } from "../graph/build.ts";
import { isOp, type Node } from "../graph/node.ts";
import { topologicalOrder } from "../graph/walk.ts";
import type { Backend } from "../runtime/backend.ts";

/** Runs the graph behind one node; returns the values, and a literal to replace the node.
 *  @param backend default: the default backend.
 *  @throws GradusError `bad-argument` for a node that depends on an input; as `openBackend`. */
export async function evaluate(
  node: Node,
  backend?: Backend,
): Promise<{ readonly array: HostArray; readonly node: Node }> {
  if (isOp(node, "literal")) {
    const { data, shape, dtype } = node.attributes;
    return { array: { data, shape, dtype }, node };
  }
  requireClosed([node]);
  const executable = await (backend ?? (await openBackend())).compile({ inputs: [], states: [], outputs: [node] }, []);
  try {
    const [array] = await executable.run([]);
    return { array: array as HostArray, node: literal(array as HostArray) };
  } finally {
    executable.dispose();
  }
}

/** Refuses nodes that depend on an input: its value is known only when a step runs.
 *  @throws GradusError `bad-argument` with `{ input }`. */
export function requireClosed(nodes: readonly Node[]): void {
  const open = topologicalOrder(nodes).find((part) => isOp(part, "input")) as Node<"input"> | undefined;
  if (open === undefined) return;
  throw new GradusError(
    "bad-argument",
    `data(): this tensor depends on ${open.attributes.name}, whose value is not known while a step is being traced. Return it as an output and read it after run().`,
    { input: open.attributes.name },
  );
}
