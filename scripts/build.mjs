// Builds what is published: dist/, from src/.
//   node scripts/build.mjs             all
//   node scripts/build.mjs --only js   the programs alone, in a second, and only if a source is newer than they are: what `npm start`
//                                      needs. A program that runs from dist/ keeps the files that it has yet to load
//   --out FOLDER                       elsewhere than dist/
//   --meta FILE                        which sources went into which file, as JSON
//
//   *.js           one file per entry and shared chunks, by esbuild; small pure packages are built in, with their licences beside them
//   playground/    the page of apps/playground, by Vite
//   dashboard/     the page of apps/dashboard, by Vite
//   types.d.ts     the types of all entries in one file, by API Extractor, so that a class is the same class in every entry
//   index.d.ts …   which of those names an entry exports
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { values: options } = parseArgs({
  options: { only: { type: "string" }, out: { type: "string" }, meta: { type: "string" } },
});
const dist = resolve(options.out ?? join(root, "dist"));
const { version, imports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The pages: their folders in apps/ and in dist/. */
const PAGES = ["playground", "dashboard"];

/** The entries that users import. */
const ENTRIES = ["index", "node", "doctor", "report", "watch", "words", "page", "page-worker"];

/** Every file that is run or imported by its own name. */
const PROGRAMS = {
  ...Object.fromEntries(ENTRIES.map((name) => [name, `src/${name}.ts`])),
  cli: "src/cli/main.ts",
  // beside the chunk that starts it: see src/processes/run-process.ts
  worker: "src/processes/worker.ts",
  native: "src/engine/native/backend.ts",
  "no-native": "src/engine/no-native.ts",
  "checkpoint-folder": "src/files/checkpoint-folder.ts",
  "no-checkpoint-folder": "src/files/no-checkpoint-folder.ts",
  processes: "src/processes/run-process.ts",
  "no-processes": "src/processes/no-processes.ts",
};

/** Modules that are imported through `imports` of package.json, so that a bundle for a page has another one in their place. */
const BY_HOST = new Map([
  [join(root, "src/engine/native/backend.ts"), "#native"],
  [join(root, "src/files/checkpoint-folder.ts"), "#checkpoint-folder"],
  [join(root, "src/processes/run-process.ts"), "#processes"],
]);

const byHost = {
  name: "by-host",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, importer, kind }) => {
      const name = kind === "dynamic-import" ? BY_HOST.get(resolve(dirname(importer), path)) : undefined;
      return name === undefined ? undefined : { path: name, external: true };
    });
  },
};

async function buildPrograms() {
  for (const name of BY_HOST.values()) if (imports[name] === undefined) throw new Error(`package.json has no ${name}`);
  // the pages are kept: only a full build makes them anew
  const old = existsSync(dist) ? readdirSync(dist).filter((name) => !PAGES.includes(name)) : [];
  for (const name of old) rmSync(join(dist, name), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: PROGRAMS,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "node"],
    target: "es2023",
    external: ["node:*", "commander", "jiti", "koffi", "sharp"],
    define: { GRADUS_VERSION: JSON.stringify(version) },
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
    legalComments: "none",
    chunkNames: "chunk-[hash]",
    plugins: [byHost],
    metafile: true,
    logLevel: "warning",
  });
  if (options.meta !== undefined) writeFileSync(options.meta, JSON.stringify(metafile));
  return Object.keys(metafile.inputs);
}

/** A page as static files. @returns what of packages is in it, as paths from the root. */
async function buildPage(page) {
  const { build: viteBuild } = await import("vite");
  const app = join(root, "apps", page);
  const { output } = await viteBuild({
    configFile: join(app, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: join(dist, page), emptyOutDir: true },
  });
  return output.flatMap(({ moduleIds = [] }) => moduleIds).map((file) => relative(root, file));
}

/** The licences of the packages that are built in.
 *  @param inputs files that are in the programs or in the pages. */
function writeLicences(inputs) {
  const folders = new Set(inputs.map((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean));
  const texts = [...folders].sort().map((folder) => {
    const { name, version: built, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const files = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^(licen[cs]e|notice)/i.test(entry.name))
      .map((entry) => entry.name);
    if (files.length === 0) throw new Error(`${folder} has no licence file: it cannot be built in`);
    const bodies = files.map((file) => readFileSync(join(root, folder, file), "utf8").trim());
    return `${name} ${built} (${license})\n\n${bodies.join("\n\n")}`;
  });
  const head = "Gradus contains code of these packages.";
  writeFileSync(join(dist, "LICENSES.txt"), `${[head, ...texts].join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}

/** One declaration file for all entries, and one for each entry that names what it exports. */
async function buildTypes() {
  const { Extractor, ExtractorConfig } = await import("@microsoft/api-extractor");
  const folder = mkdtempSync(join(tmpdir(), "gradus-types-"));
  try {
    const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", folder], {
      stdio: "inherit",
    });
    const all = join(folder, "all.d.ts");
    writeFileSync(all, ENTRIES.map((name) => `export * from "./${name}.ts";\n`).join(""));
    const compilerOptions = {
      target: "ES2023",
      lib: ["ES2023", "DOM", "ESNext.Disposable"],
      module: "NodeNext",
      moduleResolution: "NodeNext",
    };
    const tsconfig = {
      compilerOptions: {
        ...compilerOptions,
        allowImportingTsExtensions: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
        strict: true,
      },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...tsconfig, files: [all] }));
    const quiet = { default: { logLevel: "none" } };
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: all,
        compiler: { tsconfigFilePath: join(folder, "tsconfig.json") },
        apiReport: { enabled: false },
        docModel: { enabled: false },
        tsdocMetadata: { enabled: false },
        dtsRollup: { enabled: true, untrimmedFilePath: join(dist, "types.d.ts") },
        messages: {
          extractorMessageReporting: quiet,
          tsdocMessageReporting: quiet,
          compilerMessageReporting: { default: { logLevel: "error" } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(root, "package.json"),
    });
    const { succeeded } = Extractor.invoke(config, {
      messageCallback: (message) => {
        if (message.logLevel === "error") console.error(message.text);
        message.handled = true;
      },
    });
    if (!succeeded) throw new Error("the declarations could not be joined");
    // a user's project may have an older library than ours
    const types = join(dist, "types.d.ts");
    writeFileSync(types, `/// <reference lib="esnext.disposable" />\n${readFileSync(types, "utf8")}`);
    for (const name of ENTRIES)
      writeFileSync(join(dist, `${name}.d.ts`), entryTypes(readFileSync(join(folder, `${name}.d.ts`), "utf8")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The exports of an entry, all from types.d.ts. An entry does nothing but export: anything else is refused. */
function entryTypes(text) {
  const code = text.replace(/^\/\/.*$\n?/gm, "").replace(/^import \* as \w+ from "[^"]+";\n/gm, "");
  const exported = [...code.matchAll(/export (type )?\{([^}]*)\}(?: from "[^"]+")?;\n?/g)];
  const rest = code.replace(/export (?:type )?\{[^}]*\}(?: from "[^"]+")?;\n?/g, "").trim();
  if (rest !== "") throw new Error(`an entry may only export names from other files, found: ${rest.slice(0, 200)}`);
  const names = exported.flatMap(([, type = "", list]) =>
    list
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean)
      .map((each) => `${type}${each}`),
  );
  return `export { ${[...new Set(names)].sort().join(", ")} } from "./types.js";\n`;
}

/** Is every program newer than all that it is made from? */
function isFresh() {
  if (!existsSync(join(dist, "cli.js"))) return false;
  const built = statSync(join(dist, "cli.js")).mtimeMs;
  const sources = readdirSync(join(root, "src"), { recursive: true }).map((file) => join(root, "src", file));
  const others = ["src", "package.json", "package-lock.json", "scripts/build.mjs"].map((file) => join(root, file));
  return [...sources, ...others].every((file) => statSync(file).mtimeMs < built);
}

const isForStart = options.only !== undefined && options.out === undefined;
if (!(isForStart && isFresh())) {
  const inputs = await buildPrograms();
  const isWhole = options.only === undefined;
  if (isWhole) await buildTypes();
  if (isWhole) for (const page of PAGES) inputs.push(...(await buildPage(page)));
  writeLicences(inputs);
}
