import { GradusError } from "../core/errors.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { full } from "../graph/build.ts";
import { isOp, type Node } from "../graph/node.ts";
import { topologicalOrder } from "../graph/walk.ts";
import { accumulate } from "./accumulate.ts";
import { ruleOf } from "./rules.ts";
import { differentiateLoop, type LoopRead, type Seed } from "./scan.ts";

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
  const derivatives = cotangentsOf([{ node: output, cotangent: seed ?? full([], 1) }], wrt);
  return wrt.map((node, index) => {
    const gradient = derivatives[index];
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

/** The cotangents of some nodes, given those of others; undefined for a node on which none of the others depends. */
function cotangentsOf(seeds: readonly Seed[], wrt: readonly Node[]): (Node | undefined)[] {
  const order = topologicalOrder(seeds.map(({ node }) => node));
  const depends = new Set<Node>(wrt);
  for (const node of order) if (node.inputs.some((input) => depends.has(input))) depends.add(node);

  // the shares that each value's users send back, until the value itself is reached; then their sum
  const shares = new Map<Node, Node[]>();
  const send = (node: Node, share: Node): void => {
    const before = shares.get(node);
    if (before) before.push(share);
    else shares.set(node, [share]);
  };
  const cotangents = new Map<Node, Node>();
  const reads = new Map<Node, LoopRead[]>();
  for (const { node, cotangent } of seeds) if (depends.has(node)) send(node, cotangent);
  const backwards = (node: Node, wanted: readonly boolean[]): readonly (Node | undefined)[] => {
    if (isOp(node, "scan")) return differentiateLoop(node, reads.get(node) ?? [], wanted, cotangentsOf);
    const received = shares.get(node);
    if (received === undefined) return [];
    const cotangent = accumulate(received);
    cotangents.set(node, cotangent);
    shares.delete(node);
    if (!wanted.includes(true)) return [];
    if (isOp(node, "scanEvery") || isOp(node, "scanLast")) {
      const loop = node.inputs[0] as Node;
      reads.set(loop, [...(reads.get(loop) ?? []), { node, cotangent }]);
      return [];
    }
    const rule = ruleOf(node.op);
    return typeof rule === "function" ? rule(cotangent, node, wanted) : [];
  };
  for (const node of order.reverse()) {
    const wanted = node.inputs.map((input) => depends.has(input) && input.dtype === "float32");
    backwards(node, wanted).forEach((share, index) => {
      if (share !== undefined && wanted[index]) send(node.inputs[index] as Node, share);
    });
  }
  return wrt.map((node) => cotangents.get(node));
}
