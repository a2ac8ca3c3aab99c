import { formatShape } from "./shape.ts";

const LONGEST_TEXT = 60;
const MOST_ITEMS = 8;

/** Describes any value in a few words, for error messages. Never throws.
 *    describe("3") -> "3" in quotes   describe([1, 2]) -> (1, 2)   describe(new Float32Array(3000)) -> a Float32Array of 3000
 *    describe(undefined) -> nothing   describe(fetch(url)) -> a promise; await it first */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  return describePart(value, 2);
}

/** @param depth how many levels of lists and objects are written out. */
function describePart(value: unknown, depth: number): string {
  if (typeof value === "string") return describeText(value);
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) {
    if (value.length > MOST_ITEMS || depth === 0) return `a list of ${value.length}`;
    if (value.length > 0 && value.every((item) => typeof item === "number")) return formatShape(value);
    return `[${value.map((item) => describePart(item, depth - 1)).join(",")}]`;
  }
  if (ArrayBuffer.isView(value)) return `a ${nameOf(value)} of ${(value as Uint8Array).length ?? value.byteLength}`;
  if (isPromise(value)) return "a promise; await it first";
  if (!isPlain(value)) return `an object of the class ${nameOf(value)}`;
  const entries = Object.entries(value);
  if (depth === 0) return entries.length === 0 ? "{}" : "{ … }";
  const shown = entries
    .slice(0, MOST_ITEMS)
    .map(([name, part]) => `${describeText(name)}:${describePart(part, depth - 1)}`);
  return `{${shown.join(",")}${entries.length > MOST_ITEMS ? ",…" : ""}}`;
}

function describeText(text: string): string {
  return JSON.stringify(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);
}

function nameOf(value: object): string {
  const { constructor: made } = value;
  return typeof made === "function" && made.name !== "" ? made.name : "unknown";
}

function isPromise(value: object): boolean {
  return "then" in value && typeof value.then === "function";
}

/** Made by `{ … }`, by JSON, or without a prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** An object of named values, such as options; not a list, map, promise, typed array or date. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.prototype.toString.call(value) === "[object Object]";
}
