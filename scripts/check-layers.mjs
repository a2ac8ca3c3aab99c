// Checks every import of src/ (or of the folder given) against layers.mjs. Type-only imports count: they tie modules as much.
// A script of our own, because dependency-cruiser reads TypeScript through the compiler's API, which TypeScript 7.0 does not have, and
// needs Node 22; and Biome's noRestrictedImports matches what is written, not the file that it means.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { layers, root } from "./layers.mjs";

const source = resolve(process.argv[2] ?? "src");

/** The path after `from`, `import` or `import(`, where it is relative. Comments are taken out first: their examples import too. */
function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/(?:\bfrom|\bimport|\bimport\s*\()\s*["'](\.[^"']*)["']/g)].map((match) => match[1]);
}

/** The longest listed name that is a folder of the path; undefined for files directly in src/; the bare folder where it is not listed. */
function layerOf(path) {
  const folders = path.split(sep).slice(0, -1);
  for (let depth = folders.length; depth > 0; depth--) {
    const name = folders.slice(0, depth).join("/");
    if (Object.hasOwn(layers, name)) return name;
  }
  return folders[0];
}

const isWithin = (layer, name) => layer === name || layer?.startsWith(`${name}/`);

function violation(from, to) {
  if (to.startsWith("..")) return "leaves src/: what is published must not need the rest of the repository";
  const layer = layerOf(from);
  const target = layerOf(to);
  const rule = layer === undefined ? root : layers[layer];
  if (rule === undefined) return `the folder "${layer}" has no entry in scripts/layers.mjs`;
  if (target === undefined) return layer === undefined ? undefined : "imports an entry, which stands above it";
  if (layer === target || (layer !== undefined && isWithin(target, layer))) return undefined;
  if (rule.may.some((name) => name === target || (isWithin(target, name) && !isWithin(layer, name)))) return undefined;
  return `${layer ?? "the public surface"} may not import from ${target}: ${rule.why}`;
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)))
  .sort();
let imports = 0;
const violations = [];
for (const from of files) {
  for (const specifier of importsOf(readFileSync(join(source, from), "utf8"))) {
    imports++;
    const to = relative(source, resolve(source, dirname(from), specifier));
    const reason = violation(from, to);
    if (reason !== undefined) violations.push(`${from} -> ${to}\n    ${reason}`);
  }
}
if (violations.length > 0) {
  console.error(
    `layers: ${violations.length} imports go the wrong way\n${violations.map((line) => `  ${line}`).join("\n")}`,
  );
  process.exit(1);
}
console.log(`layers: ${imports} imports of ${files.length} files go down only`);
