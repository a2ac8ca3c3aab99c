import type { HostArray, ModelState, Tensor } from "gradus";

/** Arrays by path. */
export type Arrays = ReadonlyMap<string, HostArray>;

type Branch = { readonly [name: string]: unknown };

const isArray = (leaf: unknown): leaf is Tensor => typeof (leaf as Partial<Tensor>).array === "function";

/** Something for every tensor of a tree, in the tree's structure. */
async function mapLeaves<To>(
  tree: Branch,
  prefix: string,
  change: (leaf: Tensor, path: string) => Promise<To>,
): Promise<Branch> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(tree)) {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    result[name] = isArray(value) ? await change(value, path) : await mapLeaves(value as Branch, path, change);
  }
  return result;
}

/** The numbers of a state, in its structure: what `DeviceState.write` takes. */
export async function hostState({ parameters, buffers }: ModelState): Promise<{
  readonly parameters: HostTree;
  readonly buffers: HostTree;
}> {
  const read = (leaf: Tensor) => leaf.array();
  return {
    parameters: (await mapLeaves(parameters, "", read)) as HostTree,
    buffers: (await mapLeaves(buffers, "", read)) as HostTree,
  };
}

export type HostTree = { readonly [name: string]: HostArray | HostTree };

/** The numbers of a state by their paths: `parameters.2.0.weight`. */
export async function arraysOf({ parameters, buffers }: ModelState): Promise<Arrays> {
  const found = new Map<string, HostArray>();
  await mapLeaves({ parameters, buffers }, "", async (leaf, path) => {
    found.set(path, await leaf.array());
  });
  return found;
}
