import { GradusError } from "./errors.ts";

/** A tree of named values: `{ "0": { weight, bias }, "2": { … } }`. Anything but a plain object or array is a leaf; keys keep their order. */
export type Tree<Leaf> = Leaf | { readonly [name: string]: Tree<Leaf> } | readonly Tree<Leaf>[];

type Branch = Readonly<Record<string, unknown>> | readonly unknown[];

function isBranch(value: unknown): value is Branch {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return !("data" in value && ArrayBuffer.isView(value.data)); // a host array is a leaf
}

/** Deepest nesting; a deeper tree contains itself. */
const DEEPEST_TREE = 1000;

/** Applies `change` to every leaf, keeping the structure. Plain objects and arrays are branches; host arrays and anything else are leaves.
 *  `__proto__` and `constructor` are ordinary keys.
 *  @throws GradusError `limit-exceeded` for a tree that contains itself. */
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
      `tree: more than ${DEEPEST_TREE} levels at ${path.slice(0, 60)}…; it may contain itself.`,
      { limit: DEEPEST_TREE },
    );
  }
  const map = (branch: unknown, key: string | number) =>
    mapBranch(branch as Tree<From>, change, path === "" ? String(key) : `${path}.${key}`, depth + 1);
  if (Array.isArray(tree)) return tree.map(map);
  const result: Record<string, Tree<To>> = {};
  for (const [key, branch] of Object.entries(tree)) {
    const value = map(branch, key);
    // assigning this key would change the prototype
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
