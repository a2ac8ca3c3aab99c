/** The mutations of text. */
type Mutation = (random: () => number, text: string) => string;

const below = (random: () => number, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: () => number, list: readonly T[]): T => list[below(random, list.length)] as T;

/** Replacements for a number: values that overflow an integer, a float or a size, values that are not numbers, and deep nesting. */
const NUMBERS = [
  "2147483648",
  "4294967296",
  "9007199254740993",
  "10000000000",
  "1e308",
  "-1e308",
  "1e999",
  "1e-320",
  "0",
  "-0",
  "-1",
  "0.5",
  "NaN",
  "Infinity",
  "null",
  "true",
  '"x"',
  '""',
  "[]",
  "{}",
  "[1,2]",
  '{"a":1}',
  "",
  "0x10",
  "1_000",
  "٣",
];
/** Replacements for a key: names that every object inherits, and invalid keys. */
const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "length",
  "",
  "\\u0000",
  "\\u001b[2J",
];
const DEPTHS = [10, 1000, 10_000, 100_000];
const SPECIALS = [
  "\u0000",
  "\ufeff",
  "\u001b[2J",
  "\u0007",
  '"',
  "'",
  "\r\n",
  "\r",
  "\n\n",
  ",",
  ";",
  "\t",
  "\\",
  "{",
  "}",
  "[",
  "]",
  "\ud800",
  "é",
  "😀",
];
const STRINGS = [
  '""',
  '"x"',
  '"__proto__"',
  '"constructor"',
  '"linear"',
  '"lstm"',
  '"\\u0000"',
  "0",
  "null",
  "[]",
  "{}",
];

/** Replaces one of the matches of the pattern. */
function replaceOne(random: () => number, text: string, pattern: RegExp, put: (found: string) => string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return `${text}${put("")}`;
  const { 0: found, index } = pick(random, matches);
  return `${text.slice(0, index)}${put(found)}${text.slice(index + found.length)}`;
}

function nest(random: () => number): string {
  const depth = pick(random, DEPTHS);
  return random() < 0.5
    ? `${"[".repeat(depth)}${"]".repeat(depth)}`
    : `${'{"layers":'.repeat(depth)}1${"}".repeat(depth)}`;
}

const NUMBER = /-?\d+(\.\d+)?([eE][-+]?\d+)?/g;
const KEY = /"[^"\\]*"(?=\s*:)/g;
const STRING = /"[^"\\]*"(?!\s*:)/g;
const WORD = /[A-Za-z_]+/g;

/** Replaces one of the lines. A pattern would search for the end of the line from each of its characters. */
function replaceLine(random: () => number, text: string, put: (line: string) => string): string {
  const lines = text.split("\n");
  const at = below(random, lines.length);
  return [...lines.slice(0, at), put(`${lines[at]}\n`), ...lines.slice(at + 1)].join("\n");
}

const MUTATIONS: readonly Mutation[] = [
  (random, text) => replaceOne(random, text, NUMBER, () => pick(random, NUMBERS)),
  (random, text) => replaceOne(random, text, NUMBER, () => pick(random, NUMBERS)),
  (random, text) =>
    replaceOne(random, text, NUMBER, (found) => `${found}${pick(random, ["0", "00000", ".", "e9", "e400", "-"])}`),
  (random, text) => replaceOne(random, text, KEY, () => `"${pick(random, KEYS)}"`),
  (random, text) => replaceOne(random, text, STRING, () => pick(random, STRINGS)),
  (random, text) => replaceOne(random, text, WORD, () => pick(random, KEYS)),
  (random, text) => replaceOne(random, text, random() < 0.5 ? NUMBER : STRING, () => nest(random)),
  // very long cells, digits and words
  (random, text) => replaceOne(random, text, NUMBER, () => pick(random, ["1", "0", "-", ".", "1e"]).repeat(80_000)),
  (random, text) =>
    replaceOne(random, text, STRING, () => `"${pick(random, ["a", " ", "\\u0000", "1"]).repeat(80_000)}"`),
  (random, text) => replaceLine(random, text, (line) => line.repeat(2 ** below(random, 8))),
  (random, text) => replaceLine(random, text, () => ""),
  (random, text) => replaceOne(random, text, /[,:;\t]/g, () => pick(random, SPECIALS)),
  (random, text) => {
    const at = below(random, text.length + 1);
    return `${text.slice(0, at)}${pick(random, SPECIALS)}${text.slice(at)}`;
  },
  // a part of the text in another place
  (random, text) => {
    const [from, to, at] = [below(random, text.length), below(random, text.length), below(random, text.length)];
    return `${text.slice(0, at)}${text.slice(Math.min(from, to), Math.max(from, to))}${text.slice(at)}`;
  },
  (random, text) => text.slice(0, below(random, text.length)),
];

/** Text with one fault: a number, key, word or line replaced, something very deep or very long inserted, a part moved or cut off.
 *  @param random numbers in [0, 1). */
export function mutateText(random: () => number, text: string): string {
  return pick(random, MUTATIONS)(random, text);
}
