import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { formulas } from "./formulas.ts";

const here = dirname(fileURLToPath(import.meta.url));
const source = (file: string) => resolve(here, "../../src", file);

/** Headers that give a page shared memory, and with it threads. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** What a page has in place of modules that need Node: see `imports` in package.json. */
const IN_A_PAGE = new Map([
  [source("engine/native/backend.ts"), source("engine/no-native.ts")],
  [source("files/checkpoint-folder.ts"), source("files/no-checkpoint-folder.ts")],
  [source("processes/run-process.ts"), source("processes/no-processes.ts")],
]);

const byHost: Plugin = {
  name: "by-host",
  enforce: "pre",
  resolveId(id, importer) {
    if (importer === undefined || !id.startsWith(".")) return undefined;
    return IN_A_PAGE.get(resolve(dirname(importer), id));
  },
};

// noDefaultExport: Vite reads the default export
// biome-ignore lint/style/noDefaultExport: see above
export default defineConfig({
  root: here,
  base: "./",
  plugins: [byHost, formulas],
  resolve: {
    alias: [
      { find: /^gradus-parts\//, replacement: `${resolve(here, "../parts/src")}/` },
      { find: /^gradus$/, replacement: source("index.ts") },
      { find: /^gradus\/page\/worker$/, replacement: source("page-worker.ts") },
      { find: /^gradus\/(doctor|page|watch|words)$/, replacement: `${source("")}/$1.ts` },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "esnext", outDir: resolve(here, "dist"), emptyOutDir: true, modulePreload: { polyfill: false } },
  worker: { format: "es", plugins: () => [byHost] },
  server: { host: "127.0.0.1", port: 5173, headers: ISOLATION },
  preview: { host: "127.0.0.1", headers: ISOLATION },
});
