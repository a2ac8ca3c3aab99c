import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { openBackend } from "../engine/select-backend.ts";
import { literal } from "../graph/build.ts";
import { isOp, type Node } from "../graph/node.ts";
import { topologicalOrder } from "../graph/walk.ts";
import type { Backend } from "../runtime/backend.ts";

/** Runs the graph behind one node; returns the values, and a literal to put in the node's place.
 *  @param backend default: the default backend. */
export function evaluate(node: Node, backend?: Backend): { readonly array: HostArray; readonly node: Node } {
  if (isOp(node, "literal")) {
    const { data, shape, dtype } = node.attributes;
    return { array: { data, shape, dtype }, node };
  }
  requireClosed([node]);
  const executable = (backend ?? openBackend()).compile({ inputs: [], states: [], outputs: [node] }, []);
  const [array] = executable.run([]);
  executable.dispose();
  return { array: array as HostArray, node: literal(array as HostArray) };
}

/** Nothing may depend on what is only known when a step runs. */
export function requireClosed(nodes: readonly Node[]): void {
  const open = topologicalOrder(nodes).find((part) => isOp(part, "input")) as Node<"input"> | undefined;
  if (open === undefined) return;
  throw new GradusError(
    "bad-argument",
    `data(): this tensor depends on ${open.attributes.name}, whose value is not known while a step is being traced. Return it as an output and read it after run().`,
    { input: open.attributes.name },
  );
}
