import { GradusError } from "./errors.ts";

/** A tree of named values: `{ "0": { weight, bias }, "2": { … } }`. Leaves are whatever `isLeaf` says; keys keep their order. */
export type Tree<Leaf> = Leaf | { readonly [name: string]: Tree<Leaf> } | readonly Tree<Leaf>[];

type Branch = Readonly<Record<string, unknown>> | readonly unknown[];

function isBranch(value: unknown): value is Branch {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !("data" in value && ArrayBuffer.isView(value.data)); // a host array is a leaf
}

/** Branches one in the other; more are a tree that holds itself. */
const DEEPEST_TREE = 1000;

/** Applies `change` to every leaf, keeping the structure. Plain objects and arrays are branches; host arrays and anything else are leaves.
 *  Names are only names: `__proto__` and `constructor` are keys like others.
 *  @throws GradusError `limit-exceeded` for a tree that holds itself. */
export function mapTree<From, To>(tree: Tree<From>, change: (leaf: From, path: string) => To, path = ""): Tree<To> {
  return mapBranch(tree, change, path, 0);
}

function mapBranch<From, To>(
  tree: Tree<From>,
  change: (leaf: From, path: string) => To,
  path: string,
  depth: number,
): Tree<To> {
  if (!isBranch(tree)) return change(tree as From, path);
  if (depth > DEEPEST_TREE) {
    throw new GradusError(
      "limit-exceeded",
      `tree: more than ${DEEPEST_TREE} levels at ${path.slice(0, 60)}…; it may hold itself.`,
      { limit: DEEPEST_TREE },
    );
  }
  const map = (branch: unknown, key: string | number) =>
    mapBranch(branch as Tree<From>, change, path === "" ? String(key) : `${path}.${key}`, depth + 1);
  if (Array.isArray(tree)) return tree.map(map);
  const result: Record<string, Tree<To>> = {};
  for (const [key, branch] of Object.entries(tree)) {
    const value = map(branch, key);
    // to assign this one would change what the object inherits
    if (key === "__proto__") Object.defineProperty(result, key, { value, enumerable: true, writable: true });
    else result[key] = value;
  }
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
