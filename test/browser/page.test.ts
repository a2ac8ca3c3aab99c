import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { build } from "esbuild";
import { createServer, build as viteBuild } from "vite";
import { scratchFolder } from "../io/scratch.ts";
import { installInto } from "../package/packed.ts";
import { openChromium } from "./chromium.ts";
import { ISOLATION, serve } from "./serve.ts";

interface Training {
  readonly name: string;
  readonly threads: number;
  readonly description: string;
  readonly losses: readonly number[];
  readonly outputs: readonly number[];
}

const browser = await openChromium();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));

/** Opens a page and waits for what its script resolves with; what the page's console says fails it. */
async function resultOf<T>(address: string, expression: string): Promise<T> {
  if (typeof browser === "string") throw new Error(browser);
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  try {
    await page.goto(address);
    await page.waitForFunction("globalThis.trainings !== undefined", undefined, { timeout: 60_000 });
    const result = (await page.evaluate(expression)) as T;
    assert.deepEqual(said, []);
    return result;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nthe page said: ${said.join("\n")}`);
  } finally {
    await page.close();
  }
}

const project = scratchFolder();
if (skip === false) {
  installInto(project);
  cpSync("test/browser/site", project, { recursive: true });
}

/** Both trainings: on the page's own thread, in a worker. */
async function requireTrainings(address: string, isIsolated: boolean): Promise<void> {
  const [here, inWorker] = await resultOf<readonly [Training, Training]>(address, "globalThis.trainings");
  for (const { name, losses } of [here, inWorker]) {
    assert.equal(name, "wasm");
    assert.ok((losses.at(-1) as number) < 0.3, `${losses}`);
  }
  assert.equal(here.threads, 1);
  assert.equal(inWorker.threads, isIsolated ? 2 : 1);
  assert.match(here.description, isIsolated ? /main thread may not wait/ : /not cross-origin isolated/);
  assert.match(inWorker.description, isIsolated ? /2 threads$/ : /not cross-origin isolated/);
  // the number of threads changes no bit
  assert.deepEqual(inWorker.losses, here.losses);
  assert.deepEqual(inWorker.outputs, here.outputs);
}

describe("a page that trains, with the package as it is installed", { skip }, () => {
  it("bundled by esbuild: on one thread, on several where it is isolated; no assembler, no chart, nothing of Node in it", async () => {
    const outdir = join(project, "esbuild");
    const { metafile } = await build({
      absWorkingDir: project,
      entryPoints: ["page.js", "worker.js"],
      bundle: true,
      splitting: true,
      format: "esm",
      outdir,
      metafile: true,
      logLevel: "silent",
    });
    const inputs = Object.keys(metafile.inputs).map((file) => readFileSync(join(project, file), "utf8"));
    assert.ok(inputs.length > 3);
    for (const text of inputs) assert.doesNotMatch(text, /vfmadd231ps|zrender|from\s*"node:/);
    cpSync(join(project, "index.html"), join(outdir, "index.html"));
    for (const isIsolated of [false, true]) {
      const { address, close } = await serve(outdir, isIsolated);
      await requireTrainings(address, isIsolated).finally(close);
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
      await requireTrainings(address, isIsolated).finally(close);
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
        await requireTrainings(server.resolvedUrls?.local[0] as string, isIsolated);
      } finally {
        await server.close();
      }
    }
  });
});

describe("backends in a page", { skip }, () => {
  it("keep what every backend promises, on one thread and on three", async () => {
    const outdir = join(project, "contract");
    await build({
      entryPoints: { contract: resolve("test/browser/contract-page.ts") },
      bundle: true,
      splitting: true,
      format: "esm",
      outdir,
      logLevel: "silent",
    });
    writeFileSync(
      join(outdir, "index.html"),
      `<!doctype html><link rel="icon" href="data:,"><script>
      globalThis.trainings = new Promise((resolve, reject) => {
        const worker = new Worker("./contract.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
      </script>`,
    );
    const { address, close } = await serve(outdir, true);
    const results = await resultOf<readonly { threads: number; broken: readonly string[] }[]>(
      address,
      "globalThis.trainings",
    ).finally(close);
    assert.deepEqual(
      results.map(({ threads, broken }) => ({ threads, broken })),
      [1, 3, 1].map((threads) => ({ threads, broken: [] })),
    );
  });
});
