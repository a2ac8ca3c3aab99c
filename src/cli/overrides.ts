import { GradusError } from "../core/errors.ts";

/** One field of an experiment, set by a flag. */
export interface Override {
  /** `["optimizer", "learningRate"]` */
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Splits what the command's own options left over into file names and overrides:
 *    FILE --optimizer.learningRate 0.01 --epochs=3 --model.layers.0.units 64 --batch-size 32
 *  Values are read as JSON where they are JSON, else as text. Names with dashes are the field names with capitals.
 *  @throws GradusError `bad-argument` for a flag without a value. */
export function parseOverrides(words: readonly string[]): {
  readonly operands: readonly string[];
  readonly overrides: readonly Override[];
} {
  const operands: string[] = [];
  const overrides: Override[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const flag = /^--([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word);
    if (flag === null) {
      if (word.startsWith("-") && word !== "-")
        throw new GradusError("bad-argument", `there is no option "${word}". See --help.`, { word });
      operands.push(word);
      continue;
    }
    const [, name = "", inline] = flag;
    const next = words[index + 1];
    if (inline === undefined && (next === undefined || next.startsWith("--"))) {
      throw new GradusError(
        "bad-argument",
        `--${name} needs a value: --${name} VALUE. For a yes or no give true or false.`,
        { name },
      );
    }
    if (inline === undefined) index++;
    overrides.push({ path: name.split(".").map(camelCase), value: parseValue(inline ?? (next as string)) });
  }
  return { operands, overrides };
}

/** A copy of a plain object with the fields set. A path may name places in lists, and makes the objects that it needs.
 *  `--optimizer adam` where the file has an object, or the other way round, replaces it; a text that gets a field becomes
 *  `{ type: text }`: `--optimizer adam --optimizer.learningRate 0.01`.
 *  @throws GradusError `bad-argument` where a path leads through a number or past a list's end; `unknown-field` for `__proto__` and the
 *  like. */
export function applyOverrides(source: object, overrides: readonly Override[]): Record<string, unknown> {
  const result = copyOf(source) as Record<string, unknown>;
  for (const { path, value } of overrides) {
    requireOwnNames(path);
    set(result, path, value, path);
  }
  return result;
}

/** Objects and lists anew, all else as it is: a TypeScript experiment may hold functions. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copyOf(part)]));
}

/** Names that every object has: through them a flag would reach what all objects share. */
const SHARED_NAMES: readonly string[] = ["__proto__", "constructor", "prototype"];

/** @throws GradusError `unknown-field` for a path through what all objects share. */
function requireOwnNames(path: readonly string[]): void {
  const shared = path.find((name) => SHARED_NAMES.includes(name));
  if (shared === undefined) return;
  throw new GradusError("unknown-field", `--${path.join(".")}: there is no field "${shared}".`, {
    path,
    field: shared,
  });
}

type Branch = Record<string, unknown> | unknown[];

function set(branch: Branch, path: readonly string[], value: unknown, whole: readonly string[]): void {
  const [head, ...rest] = path;
  const key = head as string;
  if (Array.isArray(branch) && !(/^\d+$/.test(key) && Number(key) < branch.length)) {
    throw new GradusError(
      "bad-argument",
      `--${whole.join(".")}: "${key}" is no place in a list of ${branch.length}. Give 0 to ${branch.length - 1}.`,
      {
        path: whole,
        length: branch.length,
      },
    );
  }
  const table = branch as Record<string, unknown>;
  if (rest.length === 0) {
    table[key] = value;
    return;
  }
  const next = Object.hasOwn(table, key) ? table[key] : undefined;
  if (next === undefined) table[key] = {};
  else if (typeof next === "string") table[key] = whole[0] === "data" ? { name: next } : { type: next };
  else if (typeof next !== "object" || next === null) {
    throw new GradusError(
      "bad-argument",
      `--${whole.join(".")}: ${key} is ${JSON.stringify(next)}, which has no fields.`,
      { path: whole },
    );
  }
  set(table[key] as Branch, rest, value, whole);
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
