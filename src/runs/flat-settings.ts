import type { Json } from "../io/checkpoint.ts";

/** A setting without parts. */
export type Setting = number | string | boolean | null;

/** Settings by dotted path: `optimizer.learningRate`, `model.layers.0.units`. */
export type FlatSettings = Readonly<Record<string, Setting>>;

/** Most settings of a run; more are cut off. */
const MOST = 10_000;

/** Takes settings apart: `{ optimizer: { learningRate: 0.1 } }` -> `{ "optimizer.learningRate": 0.1 }`. Items of lists have their number;
 *  an empty list is "[]", an empty object "{}". A name with a dot or a bracket is quoted: `["a.b"]`. */
export function flatSettings(settings: Json): FlatSettings {
  const flat: [string, Setting][] = [];
  const visit = (value: Json | undefined, path: string): void => {
    if (flat.length >= MOST || value === undefined) return;
    if (value === null || typeof value !== "object") {
      flat.push([path, value]);
      return;
    }
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    if (entries.length === 0 && path !== "") flat.push([path, Array.isArray(value) ? "[]" : "{}"]);
    for (const [name, part] of entries) visit(part, joined(path, name));
  };
  visit(settings, "");
  return Object.fromEntries(flat);
}

function joined(path: string, name: string): string {
  if (/[.[\]"]/.test(name) || name === "") return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}
