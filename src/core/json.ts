import { GradusError } from "./errors.ts";

/** Levels of brackets that JSON may have: more than any data here needs, far fewer than would overflow the call stack. */
export const DEEPEST_JSON = 200;

/** What JSON text contains, found without building its value. */
interface JsonOutline {
  readonly depth: number;
  /** A key that appears twice in one object. */
  readonly duplicate: string | undefined;
}

/** `JSON.parse` for untrusted text. Skips a leading byte order mark.
 *  @param where begins error messages: a file's name, or a file's name and line.
 *  @throws GradusError `limit-exceeded` for more than `DEEPEST_JSON` levels; with `unique`, `bad-data` for a key that appears twice in
 *  one object; and SyntaxError as `JSON.parse`. */
export function parseJson(where: string, text: string, { unique = false } = {}): unknown {
  const json = text.startsWith("\ufeff") ? text.slice(1) : text;
  // n levels need at least n characters
  if (json.length <= DEEPEST_JSON && !unique) return JSON.parse(json);
  const { depth, duplicate } = outline(json, unique);
  if (depth > DEEPEST_JSON) {
    throw new GradusError(
      "limit-exceeded",
      `${where}: JSON with more than ${DEEPEST_JSON} nested levels. No valid file has that many; it is damaged or of another kind.`,
      { where, limit: DEEPEST_JSON },
    );
  }
  const value: unknown = JSON.parse(json);
  if (duplicate !== undefined) {
    throw new GradusError("bad-data", `${where}: the key ${JSON.stringify(duplicate)} appears twice. Keep one.`, {
      where,
      key: duplicate,
    });
  }
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** One pass over the characters. The result is meaningless for text that is not JSON. */
function outline(text: string, withKeys: boolean): JsonOutline {
  const keys: Set<string>[] = [];
  let level = 0;
  let depth = 0;
  let duplicate: string | undefined;
  let last = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) {
      const start = at;
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++) {
        if (text.charCodeAt(at) === BACKSLASH) at++;
      }
      if (withKeys) last = text.slice(start, at + 1);
    } else if (letter === OPEN_LIST || letter === OPEN_OBJECT) {
      level++;
      depth = Math.max(depth, level);
      if (withKeys) keys[level] = new Set();
      if (level > DEEPEST_JSON) break;
    } else if (letter === CLOSE_LIST || letter === CLOSE_OBJECT) {
      level--;
    } else if (letter === COLON && withKeys) {
      const key = unquoted(last);
      if (keys[level]?.has(key)) duplicate ??= key;
      keys[level]?.add(key);
    }
  }
  return { depth, duplicate };
}

/** A key with its escapes resolved: `\u0061` is `a`. */
function unquoted(text: string): string {
  if (!text.includes("\\")) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
