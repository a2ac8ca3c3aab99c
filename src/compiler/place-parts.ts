import { stridesOf } from "../core/shape.ts";
import { isOp, type Node } from "../graph/node.ts";
import { type Access, sameNumbers } from "./access.ts";
import { type Kernel, type LoopKernel, type LoopNode, type Placement, readNodes } from "./kernel.ts";
import { isFormula, isResident } from "./kinds.ts";

/** A kernel that copies a part of a concatenation to its place. */
export interface PartCopy {
  readonly array: Node;
  readonly part: Node;
  readonly placement: Placement;
}

/** Is the kernel such a copy, of all of a part as it lies? */
export function partCopyOf(kernel: Kernel): PartCopy | undefined {
  if (kernel.kind !== "loop" || kernel.placement === undefined) return undefined;
  const { node, operands } = kernel.nodes[0] as LoopNode;
  const [operand] = operands;
  if (!isOp(node, "concat") || operand?.from !== "memory") return undefined;
  const { base } = operand.access;
  if (isResident(base) || isFormula(base) || !isWhole(operand.access, kernel)) return undefined;
  return { array: node, part: base, placement: kernel.placement };
}

/** Are all elements of the operand's array read, in their order? */
function isWhole({ base, offset, strides }: Access, { domain }: LoopKernel): boolean {
  const elements = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);
  return offset === 0 && elements(base.shape) === elements(domain) && sameNumbers(strides, stridesOf(domain));
}

/** Writes parts of concatenations where they belong as they are computed, if nobody else reads them: the gradients of gates that lie
 *  side by side. Parts that are whole runs of memory need no kernel to be changed (`memory.ts`), and are left.
 *  @param roots what must have an array of its own. */
export function placeParts(kernels: readonly Kernel[], roots: ReadonlySet<Node>): Kernel[] {
  const copies = new Map<Node, { readonly copy: PartCopy; readonly kernel: Kernel }>();
  const readers = new Map<Node, number>();
  for (const kernel of kernels) {
    for (const node of readNodes(kernel)) readers.set(node, (readers.get(node) ?? 0) + 1);
    const copy = partCopyOf(kernel);
    if (copy && !isRun(copy.placement, kernel as LoopKernel)) copies.set(copy.part, { copy, kernel });
  }
  if (copies.size === 0) return [...kernels];
  const dropped = new Set<Kernel>();
  const placed = kernels.map((kernel) => {
    if (kernel.kind !== "loop" || kernel.placement) return kernel;
    let isChanged = false;
    const nodes = kernel.nodes.map((item) => {
      const found = item.isStored && item.level === "full" ? copies.get(item.node) : undefined;
      if (!found || roots.has(item.node) || readers.get(item.node) !== 1) return item;
      const { copy, kernel: copying } = found;
      if (!sameNumbers((copying as LoopKernel).domain, kernel.domain)) return item;
      dropped.add(copying);
      isChanged = true;
      return { ...item, partOf: { ...copy.placement, array: copy.array } };
    });
    return isChanged ? { ...kernel, nodes } : kernel;
  });
  return placed.filter((kernel) => !dropped.has(kernel));
}

/** Do the copied elements lie one behind the other? */
export function isRun({ strides }: Placement, { domain }: LoopKernel): boolean {
  return sameNumbers(strides, stridesOf(domain));
}
