import { ELEMENT_BYTES } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Access } from "./access.ts";
import { arrayOf, type Kernel, type Level, type LoopKernel, loopOf, writtenNodes } from "./kernel.ts";
import type { Location } from "./location.ts";

/** The range of an array's elements, from the first to the last, that a kernel touches. */
export interface Extent {
  readonly node: Node;
  readonly first: number;
  readonly last: number;
}

/** What a kernel reads from memory, one extent per array. Steps of a recurrence that read and write different parts of one array do not
 *  overlap. */
export function readExtents(kernel: Kernel): readonly Extent[] {
  const extents = new Extents();
  if (kernel.kind === "matmul") {
    const [left, right] = kernel.node.inputs as [Node, Node];
    extents.add(kernel.left.base, kernel.left, left.shape);
    if (kernel.isRightPacked) extents.addAll(kernel.right.base);
    else extents.add(kernel.right.base, kernel.right, right.shape);
  } else if (kernel.kind !== "loop") {
    for (const { base } of kernel.operands) extents.addAll(base);
  }
  const loop = loopOf(kernel);
  for (const { node, level, operands } of loop?.nodes ?? []) {
    const sizes = sizesAt(loop as LoopKernel, node.op === "reduce" ? "full" : level);
    for (const operand of operands) {
      // an epilogue reads its product where the kernel made it
      if (operand.from === "memory" && (kernel.kind === "loop" || operand.access.base !== kernel.node))
        extents.add(operand.access.base, operand.access, sizes);
      else if (operand.from === "random") extents.addAll(operand.key.base);
    }
  }
  return extents.list();
}

/** What a kernel writes to memory, one extent per array. */
export function writtenExtents(kernel: Kernel): readonly Extent[] {
  const extents = new Extents();
  if (kernel.kind === "scan") for (const node of writtenNodes(kernel)) extents.addAll(node);
  else if (kernel.kind !== "loop" && (kernel.kind !== "matmul" || (kernel.epilogue?.isProductStored ?? true)))
    extents.addAll(kernel.node);
  const loop = loopOf(kernel);
  for (const item of loop?.nodes ?? []) {
    if (!item.isStored) continue;
    const placement = item.partOf ?? loop?.placement;
    if (placement) extents.add(arrayOf(item), placement, (loop as LoopKernel).domain);
    else extents.addAll(item.node);
  }
  return extents.list();
}

/** The location of an extent, given the location of its array. */
export function locationOf({ first, last }: Extent, whole: Location): Location {
  return { ...whole, offset: whole.offset + first * ELEMENT_BYTES, bytes: (last + 1 - first) * ELEMENT_BYTES };
}

function sizesAt({ domain, isReduced }: LoopKernel, level: Level): readonly number[] {
  return level === "full" ? domain : domain.filter((_, axis) => !isReduced[axis]);
}

class Extents {
  readonly #extents = new Map<Node, Extent>();

  addAll(node: Node): void {
    this.#join(node, 0, sizeOf(node.shape) - 1);
  }

  add(node: Node, { offset, strides }: Pick<Access, "offset" | "strides">, sizes: readonly number[]): void {
    if (sizeOf(sizes) === 0) return;
    let [first, last] = [offset, offset];
    strides.forEach((stride, axis) => {
      const reach = stride * ((sizes[axis] as number) - 1);
      if (reach > 0) last += reach;
      else first += reach;
    });
    this.#join(node, first, last);
  }

  #join(node: Node, first: number, last: number): void {
    const known = this.#extents.get(node);
    this.#extents.set(
      node,
      known ? { node, first: Math.min(first, known.first), last: Math.max(last, known.last) } : { node, first, last },
    );
  }

  list(): Extent[] {
    return [...this.#extents.values()];
  }
}
