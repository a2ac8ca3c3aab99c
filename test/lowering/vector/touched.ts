import type { Access } from "../../../src/compiler/access.ts";
import { arrayOf, type Kernel, loopOf } from "../../../src/compiler/kernel.ts";
import type { Location } from "../../../src/compiler/location.ts";
import { sizeOf } from "../../../src/core/shape.ts";
import type { Node } from "../../../src/graph/node.ts";

/** Every element that a kernel reads and writes, one by one, as a place in memory. */
export interface Touched {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

type Walk = Pick<Access, "offset" | "strides">;

/** The positions of an array that a walk over all indices comes by. */
function positions({ offset, strides }: Walk, sizes: readonly number[]): number[] {
  let found = [offset];
  sizes.forEach((size, axis) => {
    const stride = strides[axis] as number;
    found = found.flatMap((start) => Array.from({ length: size }, (_, index) => start + index * stride));
  });
  return found;
}

export function touchedBy(kernel: Kernel, locations: ReadonlyMap<Node, Location>): Touched {
  const [reads, writes] = [new Set<string>(), new Set<string>()];
  const place = (node: Node, position: number): string => {
    const { space, offset, ...rest } = locations.get(node) as Location;
    return `${space} ${"index" in rest ? rest.index : ""} ${offset + 4 * position}`;
  };
  const add = (set: Set<string>, node: Node, list: readonly number[]) => {
    for (const position of list) set.add(place(node, position));
  };
  const all = (node: Node) => Array.from({ length: sizeOf(node.shape) }, (_, position) => position);
  if (kernel.kind === "matmul") {
    const [left, right] = kernel.node.inputs as [Node, Node];
    add(reads, kernel.left.base, positions(kernel.left, left.shape));
    add(reads, kernel.right.base, positions(kernel.right, right.shape));
    if (kernel.epilogue?.isProductStored ?? true) add(writes, kernel.node, all(kernel.node));
  } else if (kernel.kind !== "loop") {
    for (const { base } of kernel.operands) add(reads, base, all(base));
    add(writes, kernel.node, all(kernel.node));
  }
  const loop = loopOf(kernel);
  if (loop === undefined) return { reads, writes };
  const kept = loop.domain.filter((_, axis) => !loop.isReduced[axis]);
  for (const item of loop.nodes) {
    const { node, level, operands, isStored } = item;
    const sizes = level === "full" || node.op === "reduce" ? loop.domain : kept;
    for (const operand of operands) {
      if (operand.from === "random") add(reads, operand.key.base, all(operand.key.base));
      if (operand.from !== "memory" || (kernel.kind !== "loop" && operand.access.base === kernel.node)) continue;
      add(reads, operand.access.base, positions(operand.access, sizes));
    }
    const placement = item.partOf ?? loop.placement;
    if (isStored) add(writes, arrayOf(item), placement ? positions(placement, loop.domain) : all(node));
  }
  return { reads, writes };
}
