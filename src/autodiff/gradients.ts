import { GradusError } from "../core/errors.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { full } from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { topologicalOrder } from "../graph/walk.ts";
import { accumulate } from "./accumulate.ts";
import { ruleOf } from "./rules.ts";

/** Reverse-mode differentiation, graph to graph: the gradient of `output` with respect to each of `wrt`.
 *  @param seed cotangent of the output, of its shape. Default: 1, which requires a scalar output.
 *  @returns one node per `wrt`, of its shape; zeros if the output does not depend on it.
 *  @throws `not-differentiable` if the output is not a float, or is not a scalar and no seed is given.
 *  Source: Griewank & Walther, "Evaluating Derivatives", 2008. */
export function gradients(output: Node, wrt: readonly Node[], seed?: Node): Node[] {
  if (output.dtype !== "float32" || (seed === undefined && output.shape.length > 0)) {
    throw new GradusError(
      "not-differentiable",
      `grad: expected a scalar float32, got ${output.dtype} ${formatShape(output.shape)}. Reduce it first, with mean() or sum().`,
      { shape: output.shape, dtype: output.dtype },
    );
  }
  const order = topologicalOrder([output]);
  const depends = new Set<Node>(wrt);
  for (const node of order) if (node.inputs.some((input) => depends.has(input))) depends.add(node);

  // the shares that each value's users send back, until the value itself is reached; then their sum
  const shares = new Map<Node, Node[]>();
  const cotangents = new Map<Node, Node>();
  if (depends.has(output)) shares.set(output, [seed ?? full([], 1)]);
  for (const node of order.reverse()) {
    const received = shares.get(node);
    if (received === undefined) continue;
    const cotangent = accumulate(received);
    cotangents.set(node, cotangent);
    shares.delete(node);
    const wanted = node.inputs.map((input) => depends.has(input) && input.dtype === "float32");
    if (!wanted.includes(true)) continue;
    const rule = ruleOf(node.op);
    if (typeof rule !== "function") continue;
    rule(cotangent, node, wanted).forEach((share, index) => {
      if (share === undefined || !wanted[index]) return;
      const input = node.inputs[index] as Node;
      const before = shares.get(input);
      if (before) before.push(share);
      else shares.set(input, [share]);
    });
  }
  return wrt.map((node) => {
    const gradient = cotangents.get(node);
    if (gradient === undefined) return full(node.shape, 0);
    if (!sameShape(gradient.shape, node.shape)) {
      throw new GradusError(
        "shape-mismatch",
        `gradient of ${node.op} has shape ${formatShape(gradient.shape)}, expected ${formatShape(node.shape)}.`,
        {
          op: node.op,
        },
      );
    }
    return gradient;
  });
}
