import type { LayerConfig, LayerInput } from "../nn/layers.ts";
import type { Settings } from "../train/training.ts";
import type { LayerNaming } from "../train/training-options.ts";
import { alignLayers } from "./align.ts";
import type { Change } from "./finding.ts";
import { followLayers, LAYER_NAMING, opened } from "./remedies/layers.ts";

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equal as JSON: absent equals undefined, and the order of fields does not matter. */
export function isAlike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => isAlike(each, b[index]));
  if (!isPlain(a) || !isPlain(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => isAlike(a[name], b[name]));
}

function compare(before: unknown, after: unknown, path: string): readonly Change[] {
  if (isAlike(before, after)) return [];
  if (before === undefined) return [{ path, kind: "add", after }];
  if (after === undefined) return [{ path, kind: "remove", before }];
  if (Array.isArray(before) && Array.isArray(after) && isLayerList(path)) return compareLayers(before, after, path);
  if (!isPlain(before) || !isPlain(after)) return [{ path, kind: "set", before, after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    compare(before[name], after[name], `${path}.${name}`),
  );
}

const isLayerList = (path: string): boolean => /^model(\.layers\.\d+)*\.layers$/.test(path);

function compareLayers(before: readonly LayerInput[], after: readonly LayerInput[], path: string): readonly Change[] {
  return alignLayers(before, after).flatMap(([old, next]): readonly Change[] => {
    if (old === undefined) return [{ path: `${path}.${next}`, kind: "add", after: after[next as number] }];
    const given = before[old];
    if (next === undefined) return [{ path: `${path}.${old}`, kind: "remove", before: given }];
    const now = after[next];
    // a shorthand is compared in its full form and reported as written
    if (typeof given === "string" && typeof now === "string") return compare(given, now, `${path}.${old}`);
    return compareOpened(given as LayerInput, now as LayerInput, `${path}.${old}`);
  });
}

function compareOpened(given: LayerInput, now: LayerInput, path: string): readonly Change[] {
  const isShort = typeof given === "string" || given.type === "activation";
  if (!isShort) return compare(given, opened(now), path);
  return isAlike(opened(given), opened(now)) ? [] : [{ path, kind: "set", before: given, after: now }];
}

/** The new path of each layer of a model, by old path. */
function movesBetween(before: readonly LayerInput[], after: readonly LayerInput[]): ReadonlyMap<string, string> {
  const moves = new Map<string, string>();
  const walk = (old: readonly LayerInput[], next: readonly LayerInput[], from: string, to: string): void => {
    for (const [i, j] of alignLayers(old, next)) {
      if (i === undefined || j === undefined) continue;
      moves.set(`${from}${i}`, `${to}${j}`);
      const [a, b] = [innerOf(old[i] as LayerInput), innerOf(next[j] as LayerInput)];
      if (a && b) walk(a, b, `${from}${i}.`, `${to}${j}.`);
    }
  };
  walk(before, after, "", "");
  return moves;
}

function innerOf(layer: LayerInput): readonly LayerInput[] | undefined {
  const config: LayerConfig = opened(layer);
  return "layers" in config && Array.isArray(config.layers) ? config.layers : undefined;
}

/** The changes that turn the first settings into the second, line by line. Layers are aligned: an inserted layer is one line.
 *  Paths are those of `before`; the last number in the path of an added layer is its position in `after`. Penalties that name a layer
 *  move with it, without a line.
 *  @returns in the order of the settings' fields; empty if both are equal as JSON. */
export function changesBetween(before: Settings, after: Settings): readonly Change[] {
  const settled = followLayers(before, movesBetween(before.model.layers, after.model.layers));
  return [...new Set([...Object.keys(settled), ...Object.keys(after)])].flatMap((name) =>
    compare((settled as unknown as Plain)[name], (after as unknown as Plain)[name], name),
  );
}

/** The settings with these changes made: `changesBetween`, undone. Also of a whole experiment, whose other fields stay. */
export function applyChanges<Whole extends Pick<Settings, "model" | LayerNaming>>(
  before: Whole,
  changes: readonly Change[],
): Whole {
  const copy = structuredCopy(before) as Record<string, unknown>;
  const layers = changes.filter(
    ({ path, kind }) => kind !== "set" && isLayerList(path.slice(0, path.lastIndexOf("."))),
  );
  for (const { path, kind, after } of changes.filter((change) => !layers.includes(change))) {
    const { owner, name } = ownerOf(copy, path);
    if (kind === "remove") delete owner[name];
    else owner[name] = structuredCopy(after);
  }
  // the deepest lists first, and removals from their end, so that the positions of `before` stay valid; then additions, from the start
  const depth = ({ path }: Change) => path.split(".").length;
  const index = ({ path }: Change) => Number(path.slice(path.lastIndexOf(".") + 1));
  const removed = layers
    .filter(({ kind }) => kind === "remove")
    .sort((a, b) => depth(b) - depth(a) || index(b) - index(a));
  const added = layers.filter(({ kind }) => kind === "add").sort((a, b) => index(a) - index(b));
  const byList = new Map<string, Change[]>();
  for (const edit of [...removed, ...added]) {
    const list = edit.path.slice(0, edit.path.lastIndexOf("."));
    byList.set(list, [...(byList.get(list) ?? []), edit]);
  }
  const lists = [...byList].sort(([a], [b]) => b.split(".").length - a.split(".").length);
  for (const [path, edits] of lists) {
    const { owner, name } = ownerOf(copy, path);
    const list = owner[name] as unknown[];
    for (const edit of edits) {
      if (edit.kind === "remove") list.splice(index(edit), 1);
      else list.splice(index(edit), 0, structuredCopy(edit.after));
    }
  }
  const made = copy as unknown as Whole;
  // what a change names is as it shall be; the rest follows the layers
  const names = LAYER_NAMING.filter((name) => !changes.some(({ path }) => path.split(".")[0] === name));
  return followLayers(made, movesBetween(before.model.layers, made.model.layers), names);
}

/** The object that holds the last name of a path. */
function ownerOf(
  root: Record<string, unknown>,
  path: string,
): { readonly owner: Record<string, unknown>; readonly name: string } {
  const names = path.split(".");
  const name = names.pop() as string;
  let owner = root;
  for (const each of names) owner = owner[each] as Record<string, unknown>;
  return { owner, name };
}

/** A deep copy that keeps functions. */
function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, structuredCopy(each)]));
}
