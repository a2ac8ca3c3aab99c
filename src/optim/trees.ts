import { mapTree, type Tree, treeLeaves } from "../core/tree.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The leaves of a tree in order, without their paths. */
export function leavesOf<Leaf>(tree: Tree<Leaf>): readonly Leaf[] {
  return treeLeaves(tree).map(({ leaf }) => leaf);
}

/** A tree with the structure of another and leaves from a list, in order. */
export function treeFrom<Leaf>(structure: Tree<unknown>, leaves: readonly Leaf[]): Tree<Leaf> {
  let next = 0;
  return mapTree(structure, () => leaves[next++] as Leaf);
}

/** The branch of that name; an empty tree where there is none. */
export function branch(tree: Tree<Tensor>, name: string): Tree<Tensor> {
  return (tree as Readonly<Record<string, Tree<Tensor>>>)[name] ?? {};
}
