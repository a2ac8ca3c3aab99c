import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { scratchFolder } from "../io/scratch.ts";
import { buildInto, filesOf, installedPackages, type Metafile } from "./packed.ts";

const dist = join(scratchFolder(), "dist");
const meta = buildInto(dist, "all");
const { files, scripts, exports, imports, bin } = JSON.parse(readFileSync("package.json", "utf8"));
const sum = (sizes: readonly { readonly bytes: number }[]) => sizes.reduce((total, { bytes }) => total + bytes, 0);
const packed = [
  ...filesOf(dist),
  ...[...files.filter((name: string) => name !== "dist"), "package.json"].map((name: string) => ({
    name,
    bytes: statSync(name).size,
  })),
];
const MB = 1e6;

describe("what is published", () => {
  test("is small: 3.3 MB in 165 files, of which no source map and no source; the playground, 3.3 MB in 60 files; and the dashboard, 0.4 MB", () => {
    const pageOf = (page: string) => packed.filter(({ name }) => name.startsWith(page));
    const [page, dashboard] = [pageOf("playground"), pageOf("dashboard")];
    const library = packed.filter((each) => !page.includes(each) && !dashboard.includes(each));
    assert.ok(sum(library) <= 3.3 * MB, `${sum(library)} bytes`);
    assert.ok(library.length <= 165, `${library.length} files`);
    assert.ok(sum(page) <= 3.3 * MB, `${sum(page)} bytes`);
    assert.ok(page.length <= 60, `${page.length} files`);
    assert.ok(page.some(({ name }) => name === join("playground", "index.html")));
    assert.ok(sum(dashboard) <= 0.4 * MB, `${sum(dashboard)} bytes`);
    assert.deepEqual(
      packed.filter(({ name }) => /\.(map|tsx?)$/.test(name) && !name.endsWith(".d.ts")),
      [],
    );
  });

  test("the dashboard's page is one script and one style sheet, so that it can be put into one file, and has no script inline", () => {
    const names = packed.map(({ name }) => name).filter((name) => name.startsWith("dashboard"));
    assert.equal(names.length, 3);
    const html = readFileSync(join(dist, "dashboard", "index.html"), "utf8");
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    assert.equal(scripts.length, 1);
    assert.match(scripts[0], /src="\.\/assets\/[^"]+\.js"/);
    assert.equal(html.match(/<link rel="stylesheet"[^>]*href="\.\/assets\/[^"]+\.css"/g)?.length, 1);
    assert.doesNotMatch(html, /<style|\son\w+=/);
    const script = names.find((name) => name.endsWith(".js")) ?? "";
    assert.doesNotMatch(readFileSync(join(dist, script), "utf8"), /\bimport\(/);
  });

  test("runs nothing when it is installed", () => {
    for (const name of ["preinstall", "install", "postinstall", "prepare", "prepublish"])
      assert.equal(scripts[name], undefined, name);
  });

  test("every file that package.json names is there", () => {
    const named = JSON.stringify([exports, imports, bin]).match(/\.\/dist\/[^"]+/g) ?? [];
    assert.ok(named.length >= 21);
    for (const file of named) assert.ok(existsSync(join(dist, basename(file))), file);
  });

  test("the licences of built-in packages are included", () => {
    const text = readFileSync(join(dist, "LICENSES.txt"), "utf8");
    for (const name of ["echarts", "zrender", "fastest-levenshtein", "pbf", "preact", "@preact/signals", "uplot"])
      assert.match(text, new RegExp(`^${name} \\d`, "m"));
    assert.match(text, /Apache License[\s\S]*Version 2\.0/);
  });
});

test("an installation is small: 15 MB with machine code, 9 MB without optional parts", () => {
  const installed = installedPackages().map(({ folder, isOptional }) => ({
    folder,
    isOptional,
    files: filesOf(folder),
  }));
  const all = installed.flatMap((each) => each.files);
  const needed = installed.filter(({ isOptional }) => !isOptional).flatMap((each) => each.files);
  // optional packages are there for this system only, as they are for a user
  assert.ok(sum(packed) + sum(all) < 15 * MB, `${sum(packed) + sum(all)} bytes`);
  assert.ok(sum(packed) + sum(needed) < 9 * MB, `${sum(packed) + sum(needed)} bytes`);
  assert.ok(packed.length + all.length <= 460, `${packed.length + all.length} files`);
});

/** The files that are loaded with one, and the sources that are in them. */
function loadedWith({ outputs }: Metafile, entry: string) {
  const path = Object.keys(outputs).find((file) => basename(file) === entry) as string;
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path: next, kind, external } of outputs[file]?.imports ?? []) {
      if (kind !== "import-statement") continue;
      if (external === true) packages.add(next);
      else visit(next);
    }
  };
  visit(path);
  const sources = [...seen].flatMap((file) =>
    Object.entries(outputs[file]?.inputs ?? {}).flatMap(([source, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [source] : [],
    ),
  );
  const bytes = sum([...seen].map((file) => ({ bytes: statSync(join(dist, basename(file))).size })));
  return { files: [...seen], sources, bytes, packages: [...packages].sort() };
}

describe("what an entry loads before anything is used", () => {
  /** Most files, most bytes, and packages that are loaded at once. */
  const LIMITS: Readonly<Record<string, { files: number; bytes: number; packages: readonly string[] }>> = {
    "index.js": { files: 48, bytes: 0.51 * MB, packages: [] },
    "cli.js": { files: 10, bytes: 0.08 * MB, packages: ["commander", "node:module", "node:util"] },
    "page.js": { files: 40, bytes: 0.45 * MB, packages: [] },
    "page-worker.js": { files: 42, bytes: 0.45 * MB, packages: [] },
    "doctor.js": { files: 50, bytes: 0.63 * MB, packages: [] },
  };
  for (const [entry, limit] of Object.entries(LIMITS)) {
    test(entry, () => {
      const { files: loaded, bytes, packages } = loadedWith(meta, entry);
      assert.ok(loaded.length <= limit.files, `${loaded.length} files`);
      assert.ok(bytes <= limit.bytes, `${bytes} bytes`);
      assert.deepEqual(packages, limit.packages);
    });
  }

  test("gradus has no charts, no file system, no assembler and no doctor in it", () => {
    const { sources } = loadedWith(meta, "index.js");
    assert.ok(sources.includes("src/nn/model.ts"));
    const foreign =
      /echarts|zrender|^src\/(cli|files|datasets|processes|telling|report|codegen|engine\/(native|wasm|vector))\//;
    assert.deepEqual(
      sources.filter(
        (source) => foreign.test(source) || (/^src\/doctor\//.test(source) && !source.endsWith("/fit.ts")),
      ),
      [],
    );
  });

  test("gradus/report loads the charts with it, and nothing of Node", () => {
    const { sources, packages } = loadedWith(meta, "report.js");
    assert.ok(sources.some((source) => source.includes("echarts")));
    assert.deepEqual(packages, []);
  });
});
