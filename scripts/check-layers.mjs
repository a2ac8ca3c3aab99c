// Checks every import of src/ against layers.mjs: rooms, hosts, packages, permissions that nobody uses, and circles. Type-only imports
// count: they tie modules as much.
//   node scripts/check-layers.mjs [FOLDER [RULES]]    default: src and layers.mjs. Unused permissions count with the default folder, or where RULES are given.
// A script of our own, because dependency-cruiser reads TypeScript through the compiler's API, which TypeScript 7.0 does not have, and
// needs Node 22; and Biome's noRestrictedImports matches what is written, not the file that it means.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, rules] = process.argv.slice(2);
const source = resolve(folder ?? "src");
const { layers, root } = await import(rules === undefined ? "./layers.mjs" : pathToFileURL(resolve(rules)).href);
const isWhole = folder === undefined || rules !== undefined;

/** What is imported: `{ specifier, isLazy }`, lazy by `import()`. Comments are taken out first: their examples import too. */
function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/(?:\bfrom|\bimport|\bimport\s*(\())\s*["']([\w.@#][^"'\n]*)["']/g)].map(
    ([, bracket, specifier]) => ({ specifier, isLazy: bracket !== undefined }),
  );
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

/** Permissions that an import has used: "room > what". */
const used = new Set();

/** The listed name by which a room may import another; undefined where it may not. */
function permission(list, target, layer) {
  return list.find((name) => name === target || (isWithin(target, name) && !isWithin(layer, name)));
}

/** The rule for a file: its room's, or that of the entries. */
function ruleFor(from) {
  const layer = layerOf(from);
  if (layer !== undefined) return layers[layer];
  return { ...root, host: root.needNode.includes(from) ? "node" : "any" };
}

function roomViolation(from, to, isLazy) {
  if (to.startsWith("..")) return "leaves src/: what is published must not need the rest of the repository";
  const layer = layerOf(from);
  const target = layerOf(to);
  const rule = ruleFor(from);
  if (rule === undefined) return `the folder "${layer}" has no entry in scripts/layers.mjs`;
  if (target === undefined) return layer === undefined ? undefined : "imports an entry, which stands above it";
  if (layer === target) return undefined;
  const isBelow = layer !== undefined && isWithin(target, layer);
  const name = permission(rule.may, target, layer);
  if (name !== undefined) used.add(`${layer} > ${name}`);
  if (name === undefined && !isBelow) return `${layer ?? "an entry"} may not import from ${target}: ${rule.why}`;
  if (!isLazy && rule.host === "any" && layers[target]?.host === "node")
    return `${layer ?? "an entry"} runs on any host, and ${target} needs Node: import it by import(), or move what needs it`;
  return undefined;
}

/** @param specifier of a package or one of Node's modules. */
function packageViolation(from, specifier) {
  const rule = ruleFor(from);
  if (rule === undefined) return undefined;
  const room = layerOf(from) ?? "an entry";
  if (specifier.startsWith("node:")) {
    if (rule.host === "node") return undefined;
    return `${room} runs on any host and may not name ${specifier}: ask core/host.ts, or move what needs Node`;
  }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)[0];
  if (!(rule.packages ?? []).includes(name))
    return `${room} may not import the package ${name}: see scripts/layers.mjs`;
  used.add(`${layerOf(from)} > package ${name}`);
  return undefined;
}

/** Strongly connected sets of more than one file (Tarjan, 1972). */
function circles(graph) {
  const [index, low, stack, found] = [new Map(), new Map(), [], []];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file), low.get(next)));
    }
    if (low.get(file) !== index.get(file)) return;
    const members = stack.splice(stack.indexOf(file));
    if (members.length > 1) found.push(members.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)))
  .sort();
const graph = new Map();
const violations = [];
let imports = 0;
for (const from of files) {
  graph.set(from, []);
  for (const { specifier, isLazy } of importsOf(readFileSync(join(source, from), "utf8"))) {
    imports++;
    const isOurs = specifier.startsWith(".");
    const to = isOurs ? relative(source, resolve(source, dirname(from), specifier)) : specifier;
    if (isOurs && !isLazy) graph.get(from).push(to);
    const reason = isOurs ? roomViolation(from, to, isLazy) : packageViolation(from, specifier);
    if (reason !== undefined) violations.push(`${from} -> ${to}\n    ${reason}`);
  }
}
for (const members of circles(graph))
  violations.push(`${members.join(" <-> ")}\n    import each other in a circle, types included`);
if (isWhole) {
  for (const [room, { may, packages = [] }] of Object.entries(layers)) {
    const listed = [...may, ...packages.map((name) => `package ${name}`)];
    for (const name of listed.filter((each) => !used.has(`${room} > ${each}`)))
      violations.push(`${room} -> ${name}\n    is permitted in scripts/layers.mjs, and no file uses it: take it out`);
  }
}
if (folder === undefined) {
  const { include } = JSON.parse(readFileSync("tsconfig.browser.json", "utf8"));
  for (const [room, { host }] of Object.entries(layers)) {
    const isCompiled = include.includes(`src/${room.split("/")[0]}`);
    if (isCompiled !== (host === "any"))
      violations.push(
        `${room}\n    needs the host "${host}", and tsconfig.browser.json ${isCompiled ? "includes" : "does not include"} it`,
      );
  }
}
if (violations.length > 0) {
  console.error(`layers: ${violations.length} violations\n${violations.map((line) => `  ${line}`).join("\n")}`);
  process.exit(1);
}
console.log(`layers: ${imports} imports of ${files.length} files go down only`);
