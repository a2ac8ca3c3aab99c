import { stridesOf } from "../core/shape.ts";
import { makeNode } from "../graph/build.ts";
import { isFormula, isResident } from "../graph/kinds.ts";
import { isOp, type Node } from "../graph/node.ts";
import { type Access, sameNumbers } from "./access.ts";
import { type Kernel, type LoopKernel, type LoopNode, type Placement, readNodes } from "./kernel.ts";

/** A kernel that copies a part of a concatenation to its place. */
export interface PartCopy {
  readonly array: Node;
  readonly part: Node;
  readonly placement: Placement;
}

/** Is the kernel such a copy, of a whole part in its order? */
export function partCopyOf(kernel: Kernel): PartCopy | undefined {
  if (kernel.kind !== "loop" || kernel.placement === undefined) return undefined;
  const { node, operands } = kernel.nodes[0] as LoopNode;
  const [operand] = operands;
  if (!isOp(node, "concat") || operand?.from !== "memory") return undefined;
  const { base } = operand.access;
  if (isResident(base) || isFormula(base) || !isWhole(operand.access, kernel)) return undefined;
  return { array: node, part: base, placement: kernel.placement };
}

/** Are all elements of the operand's array read in order? */
function isWhole({ base, offset, strides }: Access, { domain }: LoopKernel): boolean {
  const elements = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);
  return offset === 0 && elements(base.shape) === elements(domain) && sameNumbers(strides, stridesOf(domain));
}

/** Lets the loops that compute parts of concatenations write them where they belong, such as the gradients of gates that lie side by
 *  side. A part without other readers has no array. A part that is contiguous in memory keeps one copy kernel, so that it can be computed
 *  in its place (`memory.ts`).
 *  @param roots nodes that need separate arrays. */
export function placeParts(kernels: readonly Kernel[], roots: ReadonlySet<Node>): Kernel[] {
  const copies = new Map<Node, LoopKernel[]>();
  const readers = new Map<Node, number>();
  for (const kernel of kernels) {
    for (const node of readNodes(kernel)) readers.set(node, (readers.get(node) ?? 0) + 1);
    const copy = partCopyOf(kernel);
    if (copy) copies.set(copy.part, [...(copies.get(copy.part) ?? []), kernel as LoopKernel]);
  }
  if (copies.size === 0) return [...kernels];
  const dropped = new Set<Kernel>();
  const placed = kernels.map((kernel) => {
    if (kernel.kind !== "loop" || kernel.placement) return kernel;
    const nodes = kernel.nodes.flatMap((item): readonly LoopNode[] => {
      const all = item.isStored && item.level === "full" ? (copies.get(item.node) ?? []) : [];
      const run = roots.has(item.node) ? undefined : all.find((copy) => isRun(copyPlace(copy), copy));
      const taken = all.filter((copy) => copy !== run && sameNumbers(copy.domain, kernel.domain));
      for (const copy of taken) dropped.add(copy);
      const places = taken.map((copy) => ({ ...copyPlace(copy), array: (copy.nodes[0] as LoopNode).node }));
      const isReadElsewhere = roots.has(item.node) || readers.get(item.node) !== taken.length;
      const [first, ...others] = places;
      if (first === undefined) return [item];
      return isReadElsewhere
        ? [item, ...places.map((place) => alsoIn(item, place))]
        : [{ ...item, partOf: first }, ...others.map((place) => alsoIn(item, place))];
    });
    return nodes.length > kernel.nodes.length || nodes.some((item, index) => item !== kernel.nodes[index])
      ? { ...kernel, nodes }
      : kernel;
  });
  return placed.filter((kernel) => !dropped.has(kernel));
}

function copyPlace({ placement }: LoopKernel): Placement {
  return placement as Placement;
}

/** The same value again, in another array. */
function alsoIn({ node, level, pass }: LoopNode, partOf: NonNullable<LoopNode["partOf"]>): LoopNode {
  const again = makeNode("permute", [node], { order: node.shape.map((_, axis) => axis) });
  return {
    node: again,
    level,
    operands: [{ from: "kernel", node, level }],
    isStored: true,
    partOf,
    pass,
    lastPass: pass,
  };
}

/** Are the copied elements contiguous? */
export function isRun({ strides }: Placement, { domain }: LoopKernel): boolean {
  return sameNumbers(strides, stridesOf(domain));
}
