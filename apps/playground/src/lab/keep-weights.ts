import type { HostArray, Model, ModelState } from "gradus";
import type { Block } from "../config/config.ts";
import { arraysOf } from "./leaves.ts";
import type { LayerView } from "./protocol.ts";

/** A network with the layers that its blocks became. */
export interface Known {
  readonly blocks: readonly Block[];
  readonly layers: readonly LayerView[];
}

/** Weights for a changed network, and the layers that were drawn anew. */
export interface Kept {
  readonly state: ModelState;
  readonly newLayers: readonly string[];
}

const sizeOf = (block: Block): string =>
  [block.kind, "units" in block ? block.units : "filters" in block ? `${block.filters} ${block.kernel}` : ""].join(" ");

/** The old block that each new one continues. As many blocks: those at the same places. Otherwise blocks of equal kind and size from
 *  both ends; what is left between is new. */
function continued(before: readonly Block[], after: readonly Block[]): readonly (number | undefined)[] {
  if (before.length === after.length) return after.map((_, index) => index);
  const shorter = Math.min(before.length, after.length);
  const isSame = (a: number, b: number) => sizeOf(before[a] as Block) === sizeOf(after[b] as Block);
  let head = 0;
  while (head < shorter && isSame(head, head)) head++;
  let tail = 0;
  while (tail < shorter - head && isSame(before.length - 1 - tail, after.length - 1 - tail)) tail++;
  return after.map((_, index) => {
    if (index < head) return index;
    const fromEnd = after.length - 1 - index;
    return fromEnd < tail ? before.length - 1 - fromEnd : undefined;
  });
}

/** A name for each layer with weights that stays when other layers come or go: its block, its type, and the how-manieth of this type it
 *  is there. */
function namesOf(
  layers: readonly LayerView[],
  blockOf: (block: number) => number | undefined,
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  const names = new Map<string, string>();
  for (const { path, type, block, parameterCount } of layers) {
    if (parameterCount === 0) continue;
    const place = block === undefined ? "output" : blockOf(block);
    if (place === undefined) continue;
    const key = `${place} ${type}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    names.set(path, `${key} ${count}`);
  }
  return names;
}

const sameShape = (a: HostArray, shape: readonly number[]): boolean =>
  a.shape.length === shape.length && a.shape.every((size, axis) => size === shape[axis]);

/** Splits `parameters.2.0.weight` into kind, layer and name. */
function partsOf(path: string): readonly [kind: string, layer: string, name: string] {
  const [kind = "", ...rest] = path.split(".");
  return [kind, rest.slice(0, -1).join("."), rest.at(-1) ?? ""];
}

/** Puts trained weights into a changed network, wherever block, type and shape agree; the others are drawn from the seed. A layer counts
 *  as new if any of its weights was drawn. */
export async function keepWeights(
  model: Model,
  after: Known,
  before: Known & { readonly state: ModelState },
  seed: number,
): Promise<Kept> {
  const place = continued(before.blocks, after.blocks);
  const names = namesOf(after.layers, (block) => place[block]);
  const oldPaths = new Map([...namesOf(before.layers, (block) => block)].map(([path, name]) => [name, path]));
  const [trained, drawn] = [await arraysOf(before.state), await arraysOf(model.initialize(seed))];
  const isNew = new Set<string>();
  const state = model.assemble((path, { shape }) => {
    const [kind, layer, name] = partsOf(path);
    const old = oldPaths.get(names.get(layer) ?? "");
    const kept = old === undefined ? undefined : trained.get(`${kind}.${old}.${name}`);
    if (kept !== undefined && sameShape(kept, shape)) return kept;
    isNew.add(layer);
    return drawn.get(path) as HostArray;
  });
  return { state, newLayers: [...isNew] };
}
