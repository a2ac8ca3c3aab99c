import { describe } from "../core/describe.ts";
import { requireArgument } from "../core/errors.ts";
import { callback, checkOptions } from "../core/fields.ts";
import type { Change } from "../doctor/finding.ts";
import type { LayerInput } from "../nn/layers.ts";

/** Changes that differ only in the layer. */
export interface ChangeGroup {
  readonly kind: Change["kind"];
  /** Positions of the layers within the model, `3` or `2.layers.0`; empty for a change outside the layers. */
  readonly layers: readonly string[];
  /** The path, with `*` for the layer. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const IN_LAYERS = /^model\.layers\.(\d+(?:\.layers\.\d+)*)(.*)$/;

/** Groups changes that differ only in the layer, in the order of the first change of each group. */
export function groupChanges(changes: readonly Change[]): readonly ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>();
  for (const { kind, path, before, after } of changes) {
    const [, layer, rest] = IN_LAYERS.exec(path) ?? [];
    const pattern = layer === undefined ? path : `model.layers.*${rest}`;
    const key = JSON.stringify([kind, pattern, before, after]);
    const known = groups.get(key);
    const layers = [...(known?.layers ?? []), ...(layer === undefined ? [] : [layer])];
    groups.set(key, { kind, layers, path: pattern, before, after });
  }
  return [...groups.values()];
}

/** Positions that are written out; an ellipsis stands for the rest. */
const SHOWN = 3;

const MARKS = { set: "~", add: "+", remove: "-" } as const satisfies Record<Change["kind"], string>;

export interface FormatOptions {
  /** The suffix of a group of several layers. Default `(19 layers)`. */
  readonly count?: ((layers: number) => string) | undefined;
}

/** Formats changes as lines:
 *    ~ model.layers.{1,3,5,…}.type: sigmoid -> relu (19 layers)
 *    + model.layers.{1,4,7}: batchNorm (3 layers)
 *    - clip: { type: globalNorm, maxNorm: 100 } */
export function formatChanges(changes: readonly Change[], options: FormatOptions = {}): readonly string[] {
  requireArgument(Array.isArray(changes), `formatChanges: expected a list of changes, got ${describe(changes)}.`);
  checkOptions<FormatOptions>("formatChanges", options, { count: callback() });
  const { count = (layers: number) => `(${layers} layers)` } = options;
  return groupChanges(changes).map(({ kind, layers, path, before, after }) => {
    const place = path.replace("*", places(layers));
    const values = {
      set: () => `${formatValue(before)} -> ${formatValue(after)}`,
      add: () => formatValue(after),
      remove: () => formatValue(before),
    } satisfies Record<Change["kind"], () => string>;
    const suffix = layers.length > 1 ? ` ${count(layers.length)}` : "";
    return `${MARKS[kind]} ${place}: ${values[kind]()}${suffix}`;
  });
}

function places(layers: readonly string[]): string {
  if (layers.length === 1) return layers[0] as string;
  const shown = layers.slice(0, layers.length <= SHOWN + 1 ? layers.length : SHOWN);
  return `{${[...shown, ...(shown.length < layers.length ? ["…"] : [])].join(",")}}`;
}

/** JSON without quotes; a configuration that consists of its type alone is written as that type. */
function formatValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const { type } = value as Exclude<LayerInput, string>;
  const fields = Object.entries(value);
  if (fields.length === 1 && typeof type === "string") return type;
  return `{ ${fields.map(([name, each]) => `${name}: ${formatValue(each)}`).join(", ")} }`;
}
