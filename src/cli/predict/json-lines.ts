import { GradusError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { csvLine } from "./rows.ts";

/** Samples read from JSON: lists of numbers, or named values as the text of a table with a header. */
export type JsonSamples =
  | { readonly kind: "arrays"; readonly inputs: Float32Array; readonly count: number }
  | { readonly kind: "table"; readonly text: string };

type Named = Readonly<Record<string, unknown>>;

/** Reads one sample per line, or one JSON list of samples: `[1, 2, 3]` (also nested), `{"inputs": [1, 2, 3]}`, or
 *  `{"age": 31, "city": "Bonn"}`.
 *  @param features numbers per sample, for lists.
 *  @throws GradusError `bad-data` with `{ file, row }` if a sample is not JSON, holds something other than finite numbers, or differs from
 *  the first in length or names; `empty-dataset`. */
export function readJsonSamples(file: string, text: string, features: number): JsonSamples {
  const samples = samplesOf(file, text, features);
  if (samples.length === 0) throw new GradusError("empty-dataset", `${file}: no samples. Give at least one.`, { file });
  const first = samples[0];
  return Array.isArray(first) ? arrays(file, samples, features) : table(file, samples);
}

function samplesOf(file: string, text: string, features: number): readonly unknown[] {
  const parsed = parsedLines(file, text);
  const only = parsed.length === 1 ? parsed[0] : undefined;
  const isList = Array.isArray(only) && !(numbersOf(only)?.length === features);
  return (isList ? (only as readonly unknown[]) : parsed).map(unwrapped);
}

function parsedLines(file: string, text: string): readonly unknown[] {
  // a list may span several lines
  if (text.trimStart().startsWith("[")) {
    try {
      return [parseJson(file, text)];
    } catch {
      // several values, line by line
    }
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [parseJson(file, line)];
    } catch (cause) {
      throw badRow(file, index + 1, `is not JSON (${(cause as Error).message})`);
    }
  });
}

/** `{"inputs": [1, 2]}` is `[1, 2]`, and 1 is `[1]`. */
function unwrapped(sample: unknown): unknown {
  if (typeof sample === "number") return [sample];
  if (typeof sample !== "object" || sample === null || Array.isArray(sample)) return sample;
  const values = Object.values(sample);
  return values.length === 1 && Array.isArray(values[0]) ? values[0] : sample;
}

function arrays(file: string, samples: readonly unknown[], features: number): JsonSamples {
  const rows = samples.map((sample, row) => {
    const numbers = Array.isArray(sample) ? numbersOf(sample) : undefined;
    if (numbers === undefined) throw badRow(file, row + 1, "is not a list of finite numbers");
    if (numbers.length !== features) throw badRow(file, row + 1, `has ${numbers.length} numbers`, `${features}`);
    return Float32Array.from(numbers);
  });
  const inputs = new Float32Array(samples.length * features);
  rows.forEach((numbers, row) => {
    inputs.set(numbers, row * features);
  });
  return { kind: "arrays", inputs, count: samples.length };
}

/** All numbers of nested lists in order; undefined if the lists hold anything else. */
function numbersOf(list: readonly unknown[]): readonly number[] | undefined {
  const numbers = list.flat(Number.POSITIVE_INFINITY) as readonly unknown[];
  const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(Math.fround(value));
  return numbers.every(isNumber) ? (numbers as readonly number[]) : undefined;
}

function table(file: string, samples: readonly unknown[]): JsonSamples {
  const names = Object.keys((samples[0] ?? {}) as object);
  const lines = samples.map((sample, row) => {
    if (typeof sample !== "object" || sample === null || Array.isArray(sample))
      throw badRow(file, row + 1, "is neither a list of numbers nor an object like the first");
    const own = Object.keys(sample);
    if (own.length !== names.length || !names.every((name) => Object.hasOwn(sample, name)))
      throw badRow(file, row + 1, `has the names ${own.join(", ")}`, names.join(", "));
    return csvLine(names.map((name) => cell(file, row + 1, name, (sample as Named)[name])));
  });
  return { kind: "table", text: [csvLine(names), ...lines].join("") };
}

/** Null is a missing value. */
function cell(file: string, row: number, name: string, value: unknown): string | number {
  if (value === null) return "";
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  throw badRow(file, row, `holds ${JSON.stringify(value)} under ${name}, which is not a single value`);
}

function badRow(file: string, row: number, got: string, expected?: string): GradusError {
  const wanted = expected === undefined ? "" : `; expected ${expected}`;
  return new GradusError("bad-data", `${file}: sample ${row} ${got}${wanted}.`, { file, row });
}
