import type { Node } from "../graph/node.ts";
import type { Kernel, LoopKernel } from "./kernel.ts";

/** Products that are never computed by themselves, but with the sum that is their one use: x y + z, rounded once.
 *  A value may be computed in several kernels, and must have the same bits in all of them: a maximum is found again by comparing with it.
 *  So a product counts only if every kernel that has it uses it once, in the same sum, and none writes it to memory. */
export function contractedProducts(kernels: readonly Kernel[]): ReadonlySet<Node> {
  const sumOf = new Map<Node, Node>();
  const barred = new Set<Node>();
  for (const kernel of kernels) {
    if (kernel.kind !== "loop") continue;
    const users = usersOf(kernel);
    for (const { node, isStored } of kernel.nodes) {
      if (node.op !== "mul" || node.dtype !== "float32") continue;
      const [sum, ...others] = users.get(node) ?? [];
      const isSum = sum?.op === "add" || sum?.op === "sub";
      if (sum === undefined || !isSum || others.length > 0 || isStored || (sumOf.get(node) ?? sum) !== sum) {
        barred.add(node);
      } else {
        sumOf.set(node, sum);
      }
    }
  }
  return new Set([...sumOf.keys()].filter((node) => !barred.has(node)));
}

/** Who uses a value of the kernel within it; twice the same where both operands are the value. */
function usersOf(kernel: LoopKernel): Map<Node, Node[]> {
  const users = new Map<Node, Node[]>();
  for (const { node, operands } of kernel.nodes) {
    for (const operand of operands) {
      if (operand.from === "kernel") users.set(operand.node, [...(users.get(operand.node) ?? []), node]);
    }
  }
  return users;
}
