import type { HostArray } from "../core/dtype.ts";
import { type Tree, treeLeaves } from "../core/tree.ts";

/** Number of elements that are NaN or infinite. */
export function countNonFinite({ data, dtype }: HostArray): number {
  if (dtype !== "float32") return 0;
  let count = 0;
  for (let index = 0; index < data.length; index++) if (!Number.isFinite(data[index] as number)) count++;
  return count;
}

/** The first array of a tree that holds such elements. */
export function firstNonFinite(
  tree: Tree<HostArray>,
): { readonly path: string; readonly count: number; readonly size: number } | undefined {
  for (const { path, leaf } of treeLeaves(tree)) {
    const count = countNonFinite(leaf);
    if (count > 0) return { path, count, size: leaf.data.length };
  }
  return undefined;
}
