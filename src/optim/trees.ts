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

/** The branch of that name; an empty tree if it is missing. */
export function branch(tree: Tree<Tensor>, name: string): Tree<Tensor> {
  return (tree as Readonly<Record<string, Tree<Tensor>>>)[name] ?? {};
}

/** A tree without its undefined leaves and the branches that they leave empty; a tree without gaps is returned unchanged.
 *    { "0": { weight, bias: undefined }, "1": { bias: undefined } }  ->  { "0": { weight } } */
export function withoutGaps<Leaf>(tree: Tree<Leaf | undefined>): Tree<Leaf> {
  const hasLeaf = (part: Tree<Leaf | undefined>): boolean => leavesOf(part).some((leaf) => leaf !== undefined);
  if (leavesOf(tree).every((leaf) => leaf !== undefined)) return tree as Tree<Leaf>;
  // a part that contains a gap but is not one itself is a branch
  const parts = Object.entries((tree ?? {}) as Readonly<Record<string, Tree<Leaf | undefined>>>);
  return Object.fromEntries(parts.filter(([, part]) => hasLeaf(part)).map(([name, part]) => [name, withoutGaps(part)]));
}
