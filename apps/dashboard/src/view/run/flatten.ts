import type { Json } from "gradus/dashboard-protocol";

/** A setting by its path, written as text. */
export interface Entry {
  readonly path: string;
  readonly text: string;
}

/** The leaves of nested settings by dotted path, in their order. Lists of plain values stay on one line. */
export function flatten(value: Json, path = ""): readonly Entry[] {
  if (typeof value !== "object" || value === null) return [{ path, text: textOf(value) }];
  if (Array.isArray(value) && value.every((each) => typeof each !== "object" || each === null)) {
    return [{ path, text: value.map(textOf).join(", ") || "[]" }];
  }
  const parts = Object.entries(value as Readonly<Record<string, Json>>);
  if (parts.length === 0) return path === "" ? [] : [{ path, text: "{}" }];
  return parts.flatMap(([name, part]) => flatten(part, path === "" ? name : `${path}.${name}`));
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
