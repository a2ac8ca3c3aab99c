import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { createServer, build as viteBuild } from "vite";
import { scratchFolder } from "../io/scratch.ts";
import { installInto } from "../package/packed.ts";
import { openChromium } from "./chromium.ts";
import { bundleContract, type Kept } from "./contract-site.ts";
import { resultOf, type TestPage } from "./open-page.ts";
import { ISOLATION, serve } from "./serve.ts";
import { bundleSite, requireTrainings, type Training } from "./trainings.ts";

const browser = await openChromium();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));

const newPage = async (): Promise<TestPage> => {
  if (typeof browser === "string") throw new Error(browser);
  return browser.newPage();
};

const project = scratchFolder();
if (skip === false) {
  installInto(project);
  cpSync("test/browser/site", project, { recursive: true });
}

async function requireSite(address: string, isIsolated: boolean): Promise<void> {
  const expression = "globalThis.trainings";
  requireTrainings(await resultOf<readonly [Training, Training]>(newPage, address, expression), isIsolated);
}

describe("a page that trains, with the package as it is installed", { skip }, () => {
  it("bundled by esbuild: on one thread, on several where it is isolated; no assembler, no chart, nothing of Node in it", async () => {
    const { folder, built } = await bundleSite(project);
    const files = Object.keys(built.metafile?.inputs ?? {});
    const inputs = files.map((file) => readFileSync(join(project, file), "utf8"));
    assert.ok(inputs.length > 3);
    for (const text of inputs) assert.doesNotMatch(text, /vfmadd231ps|zrender|from\s*"node:/);
    for (const isIsolated of [false, true]) {
      const { address, close } = await serve(folder, isIsolated);
      await requireSite(address, isIsolated).finally(close);
    }
  });

  it("built by Vite", async () => {
    const outDir = join(project, "vite");
    await viteBuild({
      root: project,
      base: "./",
      logLevel: "error",
      build: { outDir, target: "esnext" },
      worker: { format: "es" },
    });
    const text = readdirSync(join(outDir, "assets")).map((file) => readFileSync(join(outDir, "assets", file), "utf8"));
    for (const each of text) assert.doesNotMatch(each, /vfmadd231ps|zrender/);
    for (const isIsolated of [false, true]) {
      const { address, close } = await serve(outDir, isIsolated);
      await requireSite(address, isIsolated).finally(close);
    }
  });

  it("served by Vite while it is developed", async () => {
    for (const isIsolated of [false, true]) {
      const headers = isIsolated ? ISOLATION : {};
      const server = await createServer({
        root: project,
        logLevel: "error",
        server: { port: 0, host: "127.0.0.1", headers, hmr: false },
      });
      await server.listen();
      try {
        await requireSite(server.resolvedUrls?.local[0] as string, isIsolated);
      } finally {
        await server.close();
      }
    }
  });
});

describe("backends in a page", { skip }, () => {
  it("keep what every backend promises, on one thread and on three", async () => {
    const folder = join(project, "contract");
    await bundleContract(folder);
    const { address, close } = await serve(folder, true);
    const kept = await resultOf<readonly Kept[]>(newPage, address, "globalThis.trainings").finally(close);
    assert.deepEqual(
      kept.map(({ threads, broken }) => ({ threads, broken })),
      [1, 3, 1].map((threads) => ({ threads, broken: [] })),
    );
  });
});
