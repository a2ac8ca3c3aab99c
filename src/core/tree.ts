/** A tree of named values: `{ "0": { weight, bias }, "2": { … } }`. Leaves are whatever `isLeaf` says; keys keep their order. */
export type Tree<Leaf> = Leaf | { readonly [name: string]: Tree<Leaf> } | readonly Tree<Leaf>[];

type Branch = Readonly<Record<string, unknown>> | readonly unknown[];

function isBranch(value: unknown): value is Branch {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !("data" in value && ArrayBuffer.isView(value.data)); // a host array is a leaf
}

/** Applies `change` to every leaf, keeping the structure. Plain objects and arrays are branches; host arrays and anything else are leaves. */
export function mapTree<From, To>(tree: Tree<From>, change: (leaf: From, path: string) => To, path = ""): Tree<To> {
  if (!isBranch(tree)) return change(tree as From, path);
  const join = (key: string | number) => (path === "" ? String(key) : `${path}.${key}`);
  if (Array.isArray(tree)) return tree.map((branch, index) => mapTree(branch as Tree<From>, change, join(index)));
  const result: Record<string, Tree<To>> = {};
  for (const [key, branch] of Object.entries(tree)) result[key] = mapTree(branch as Tree<From>, change, join(key));
  return result;
}

/** Every leaf with its dotted path, in order. */
export function treeLeaves<Leaf>(tree: Tree<Leaf>): { readonly path: string; readonly leaf: Leaf }[] {
  const leaves: { path: string; leaf: Leaf }[] = [];
  mapTree<Leaf, undefined>(tree, (leaf, path) => {
    leaves.push({ path, leaf });
    return undefined;
  });
  return leaves;
}
