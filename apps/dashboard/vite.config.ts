import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { createFake } from "./fake/server.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** The address that `gradus dashboard` printed, with its token: the page then shows that server's runs. Without one, runs that are made up. */
const { GRADUS_DASHBOARD: server } = process.env;

const fakeRuns: Plugin = {
  name: "fake-runs",
  configureServer({ middlewares }) {
    const fake = createFake();
    middlewares.use((request, response, next) => {
      if (!fake.answer(request, response)) next();
    });
  },
};

function proxyTo(address: string) {
  const { origin, searchParams } = new URL(address);
  return {
    "/api": {
      target: origin,
      changeOrigin: true,
      headers: { Authorization: `Bearer ${searchParams.get("token") ?? ""}`, Origin: origin },
    },
  };
}

// noDefaultExport: Vite reads the default export
// biome-ignore lint/style/noDefaultExport: see above
export default defineConfig({
  root: here,
  base: "./",
  plugins: server === undefined ? [fakeRuns] : [],
  resolve: {
    alias: [
      { find: /^gradus-parts\//, replacement: `${resolve(here, "../parts/src")}/` },
      { find: /^gradus\/dashboard-protocol$/, replacement: resolve(here, "../../src/dashboard/protocol.ts") },
      { find: /^gradus\/words$/, replacement: resolve(here, "../../src/words.ts") },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "esnext",
    outDir: resolve(here, "dist"),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // one script and one style sheet: they are put into the page where a run is written as one file
    cssCodeSplit: false,
    assetsInlineLimit: 1 << 20,
    rolldownOptions: { output: { codeSplitting: false } },
  },
  server: { host: "127.0.0.1", port: 5174, ...(server === undefined ? {} : { proxy: proxyTo(server) }) },
  preview: { host: "127.0.0.1" },
});
