import type { Kernel, LoopKernel } from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";

/** Products that are never computed separately, but together with the sum that is their only use: x y + z, rounded once.
 *  A value may be computed in several kernels and must have the same bits in all of them, because a maximum is found again by comparison.
 *  So a product counts only if every kernel that has it uses it once, in the same sum, and none writes it to memory. */
export function contractedProducts(kernels: readonly Kernel[]): ReadonlySet<Node> {
  const sumOf = new Map<Node, Node>();
  const barred = new Set<Node>();
  for (const kernel of kernels) {
    if (kernel.kind !== "loop") continue;
    const users = usersOfProducts(kernel);
    for (const { node, isStored } of kernel.nodes) {
      if (!isProduct(node)) continue;
      const sum = users.get(node);
      const isSum = sum?.op === "add" || sum?.op === "sub";
      if (!sum || !isSum || isStored || (sumOf.get(node) ?? sum) !== sum) {
        barred.add(node);
      } else {
        sumOf.set(node, sum);
      }
    }
  }
  return new Set([...sumOf.keys()].filter((node) => !barred.has(node)));
}

function isProduct({ op, dtype }: Node): boolean {
  return op === "mul" && dtype === "float32";
}

/** The one node that uses a product within the kernel; undefined if there are more, or if both operands of one are the product. */
function usersOfProducts(kernel: LoopKernel): Map<Node, Node | undefined> {
  const users = new Map<Node, Node | undefined>();
  for (const { node, operands } of kernel.nodes) {
    for (const operand of operands) {
      if (operand.from !== "kernel" || !isProduct(operand.node)) continue;
      users.set(operand.node, users.has(operand.node) ? undefined : node);
    }
  }
  return users;
}
