import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { build } from "esbuild";
import { fit, openBackend, predict } from "../../src/index.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { scratchFolder } from "../io/scratch.ts";
import { installInto } from "../package/packed.ts";
import { openChromium } from "./chromium.ts";
import type { ClientReport } from "./client-page.ts";
import { data, model, options, timeless } from "./client-trainings.ts";
import { openFirefox } from "./firefox.ts";
import { resultOf, type TestPage } from "./open-page.ts";
import { serve } from "./serve.ts";

const BROWSERS = { Chromium: await openChromium(), Firefox: await openFirefox() };
after(async () => {
  for (const browser of Object.values(BROWSERS)) if (typeof browser !== "string") await browser.close();
});

const folder = join(scratchFolder(), "client");
const wasm = { backend: "wasm", threads: 1 } as const;

/** The same without fields that are undefined, which a driver may leave out. */
const defined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The files of docs/in-a-page.md by the names in their first lines. */
function filesOfTheGuide(): Readonly<Record<string, string>> {
  const guide = readFileSync("docs/in-a-page.md", "utf8");
  const blocks = guide.matchAll(/```(?:js|html)\n(?:\/\/|<!--) ([\w.]+)(?: -->)?\n([\s\S]*?)```/g);
  return Object.fromEntries([...blocks].map(([, name, text]) => [name as string, text as string]));
}

for (const [name, browser] of Object.entries(BROWSERS)) {
  const newPage = async (): Promise<TestPage> => {
    if (typeof browser === "string") throw new Error(browser);
    return (await browser.newPage()) as unknown as TestPage;
  };

  describe(`an engine in ${name}`, { skip: typeof browser === "string" ? browser : false }, () => {
    it("trains as Node does, is aborted and left, waits, and hands on errors: isolated and not", async (test) => {
      await build({
        entryPoints: ["client-page", "client-worker"].map((file) => resolve(`test/browser/${file}.ts`)),
        bundle: true,
        splitting: true,
        format: "esm",
        outdir: folder,
        // the sources name a folder of checkpoints, which Node alone loads; the package has another module in its place
        external: ["node:*"],
        logLevel: "silent",
      });
      const html =
        '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./client-page.js"></script>';
      writeFileSync(join(folder, "index.html"), html);
      const events: TrainEvent[] = [];
      const { state } = await fit(model, {
        ...options,
        ...wasm,
        onEvent: (event) => void events.push(timeless(event)),
      });
      const { mean } = await predict(model, state, data.validation, wasm);
      const { description } = await openBackend(wasm);
      for (const isIsolated of [false, true]) {
        const { address, close } = await serve(folder, isIsolated);
        const report = await resultOf<ClientReport>(newPage, address, "globalThis.trainings").finally(close);
        test.diagnostic(report.description);
        assert.equal(report.threads, isIsolated ? 2 : 1);
        assert.match(report.description, isIsolated ? /2 threads$/ : /not cross-origin isolated/);
        // where both fuse multiply-add, or neither does, every event and output has the same bits
        if (/fused/.test(report.description) === /fused/.test(description)) {
          const started = { ...events[0], threads: report.threads };
          assert.deepEqual(defined(report.events), defined([started, ...events.slice(1)]));
          assert.deepEqual(report.outputs, [...mean.data]);
        }
        assert.deepEqual([report.aborted, report.left], ["interrupted", "callback"]);
        // 1.2 seconds without a reader: a worker that does not wait makes thousands of steps
        assert.ok(report.paused < 2000, `${report.paused} steps`);
        assert.deepEqual(report.sick.code, "not-finite");
        assert.ok(report.sick.layer !== undefined && report.sick.step !== undefined && report.sick.hasWeights);
        assert.equal(report.unknown.code, "unknown-field");
        assert.equal(report.refused.code, "bad-argument");
        assert.equal(report.disposed, "disposed");
      }
    });

    it("runs the guide's example as it stands", async () => {
      const project = scratchFolder();
      installInto(project);
      const files = filesOfTheGuide();
      assert.deepEqual(Object.keys(files).sort(), ["index.html", "page.js", "worker.js"]);
      for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
      const lines = (files["page.js"] ?? "").split("\n").filter((line) => line.trim() !== "");
      assert.ok(lines.length <= 20, `${lines.length} lines`);
      const outdir = join(project, "dist");
      await build({
        absWorkingDir: project,
        entryPoints: ["page.js", "worker.js"],
        bundle: true,
        splitting: true,
        format: "esm",
        outdir,
        logLevel: "silent",
      });
      writeFileSync(join(outdir, "index.html"), files["index.html"] ?? "");
      for (const isIsolated of [false, true]) {
        const { address, close } = await serve(outdir, isIsolated);
        const [title, text] = await resultOf<readonly [string, string]>(
          newPage,
          address,
          `document.querySelector("output")?.value.includes("outputs")
            ? [document.querySelector("h1").textContent, document.querySelector("output").value] : undefined`,
        ).finally(close);
        assert.match(title, isIsolated ? /WebAssembly.*\d threads?$/ : /not cross-origin isolated/);
        const accuracy = Number(/accuracy ([\d.]+)/.exec(text)?.[1]);
        assert.ok(accuracy > 0.8, text);
      }
    });
  });
}
