import { isRecord } from "../../core/describe.ts";
import type { Json } from "../../io/checkpoint.ts";

// JSON that loses nothing: NaN, infinity and -0 are written as { "number": "NaN" }.

/** A value as JSON. What JSON has no word for, such as a function, becomes its name. Fields that are undefined are left out. */
export function toPlain(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (Object.is(value, -0)) return { number: "-0" };
    return Number.isFinite(value) ? value : { number: String(value) };
  }
  if (Array.isArray(value)) return value.map(toPlain);
  if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined);
    return Object.fromEntries(entries.map(([name, part]) => [name, toPlain(part)]));
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array, toPlain);
  return typeof value === "function" ? `(function ${value.name || "without a name"})` : `(${String(value)})`;
}

/** What `toPlain` made JSON of; null stays null. */
export function fromPlain(json: Json): unknown {
  if (Array.isArray(json)) return json.map(fromPlain);
  if (!isRecord(json)) return json;
  const names = Object.keys(json);
  if (names.length === 1 && typeof json.number === "string") return Number(json.number);
  return Object.fromEntries(Object.entries(json).map(([name, part]) => [name, fromPlain(part as Json)]));
}
