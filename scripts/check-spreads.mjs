// Refuses to spread lists whose length depends on data into variadic functions such as `Math.max` and `push`: every item takes a place on the
// call stack, which overflows at about 100,000. `largest`, `smallest`, `euclideanNorm` and `append` of src/core/extremes.ts take lists of any
// length. Our own functions with a rest parameter (`oneOf(...names)`) are not checked: their callers write the arguments out in code.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Files that may spread, by the start of their paths below src/. */
const EXEMPT = {
  "cli/demo/": "its lists are its own few runs and their epochs; no user data enters",
  "codegen/bounds/arithmetic.ts": "four corners of a product",
  "codegen/bounds/lanes.ts": "four corners of a product, two limits",
  "runtime/native/heap.ts": "the rest of one free span: zero items or one",
  "runtime/wasm/heap.ts": "the rest of one free span: zero items or one",
};

const folder = process.argv[2] ?? "src";

/** JavaScript's own functions that take any number of arguments. */
const VARIADIC =
  /(?:\bMath\.(?:max|min|hypot)|\bString\.from(?:CharCode|CodePoint)|\b(?:Array|\w+Array)\.of|\.(?:push|unshift|splice|toSpliced|concat))\s*$/;

/** The text with comments and quoted strings blanked, so that every other character keeps its place. */
function withoutWords(text) {
  const words = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
  return text.replace(words, (word) => word.replace(/[^\n]/g, " "));
}

/** Spreads directly within the parentheses of such a call: `push(...x)`, `push(1, ...x)`, not `push([...x])`. */
function spreadsIn(text) {
  const code = withoutWords(text);
  const open = [];
  const found = [];
  for (const { 0: sign, index } of code.matchAll(/\.\.\.|[()[\]{}]/g)) {
    if ("([{".includes(sign)) open.push(index);
    else if (")]}".includes(sign)) open.pop();
    else {
      const start = open.at(-1);
      if (start === undefined || code[start] !== "(") continue;
      const called = VARIADIC.exec(code.slice(Math.max(0, start - 40), start));
      if (called !== null) found.push({ line: code.slice(0, index).split("\n").length, called: called[0].trim() });
    }
  }
  return found;
}

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const isExempt = (path) => Object.keys(EXEMPT).some((start) => path.split(sep).join("/").startsWith(start));
const violations = files
  .filter((path) => !isExempt(relative(folder, path)))
  .flatMap((path) =>
    spreadsIn(readFileSync(path, "utf8")).map(({ line, called }) => `  ${path}:${line}: ${called}(...)`),
  );
if (violations.length > 0) {
  console.error(
    `spreads: a list of any length is spread into arguments; use src/core/extremes.ts\n${violations.join("\n")}`,
  );
  process.exit(1);
}
console.log(`spreads: ${files.length} files spread no long list into arguments`);
