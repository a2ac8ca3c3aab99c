import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { build } from "esbuild";
import { scratchFolder } from "../io/scratch.ts";
import { openChromium } from "./chromium.ts";
import { openFirefox } from "./firefox.ts";
import type { TestPage } from "./open-page.ts";
import { serve } from "./serve.ts";

const WORKER = "isolation-worker.js";
const BROWSERS = { Chromium: await openChromium(), Firefox: await openFirefox() };
after(async () => {
  for (const browser of Object.values(BROWSERS)) if (typeof browser !== "string") await browser.close();
});

/** A page that counts how often it is loaded and says what became of it; its worker says whether it is isolated too. */
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { isolate } from "./isolation.js";
  const loads = Number(localStorage.getItem("loads") ?? 0) + 1;
  localStorage.setItem("loads", loads);
  const isolation = await isolate();
  const worker = new Worker("./worker.js");
  worker.onmessage = ({ data }) => {
    if (isolation !== "reloading") globalThis.met = { loads, isolation, isIsolated: crossOriginIsolated, inWorker: data };
  };
</script>`;

interface Met {
  readonly loads: number;
  readonly isolation: string;
  readonly isIsolated: boolean;
  readonly inWorker: boolean;
}

async function site(): Promise<string> {
  const folder = scratchFolder();
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [resolve("apps/playground/src/isolation.ts")],
    bundle: true,
    format: "esm",
    outdir: folder,
    logLevel: "silent",
  });
  cpSync(join("apps/playground/public", WORKER), join(folder, WORKER));
  writeFileSync(join(folder, "worker.js"), "postMessage(crossOriginIsolated);");
  writeFileSync(join(folder, "index.html"), PAGE);
  return folder;
}

/** Waits for what the page says, through its reloads, and a little longer for one that must not come. */
async function metBy(page: TestPage): Promise<Met> {
  let met: Met | undefined;
  for (let turn = 0; turn < 300 && met === undefined; turn++) {
    await new Promise((go) => setTimeout(go, 100));
    // an answer may get lost in a reload
    met = (await page.evaluate("globalThis.met").catch(() => undefined)) as Met | undefined;
  }
  await new Promise((go) => setTimeout(go, 300));
  const last = (await page.evaluate("globalThis.met").catch(() => undefined)) as Met | undefined;
  assert.deepEqual(last, met, "the page was loaded once more");
  assert.ok(met !== undefined, "the page said nothing");
  return met;
}

for (const [name, browser] of Object.entries(BROWSERS)) {
  const open = async (address: string, use: (page: TestPage) => Promise<void>): Promise<void> => {
    if (typeof browser === "string") throw new Error(browser);
    const page = (await browser.newPage()) as unknown as TestPage;
    try {
      await page.goto(address);
      await use(page);
    } finally {
      await page.close();
    }
  };
  const ISOLATED = { isolation: "isolated", isIsolated: true, inWorker: true };
  const ALONE = { isolation: "one thread", isIsolated: false, inWorker: false };

  describe(`a page on a host without headers, in ${name}`, {
    skip: typeof browser === "string" ? browser : false,
  }, () => {
    it("is isolated after one reload, and without one from then on; ?threads=1 turns it off", async () => {
      const { address, close } = await serve(await site(), false);
      try {
        await open(address, async (page) => {
          assert.deepEqual(await metBy(page), { loads: 2, ...ISOLATED });
          await page.goto(address);
          assert.deepEqual(await metBy(page), { loads: 3, ...ISOLATED });
          await page.goto(`${address}?threads=1`);
          assert.deepEqual(await metBy(page), { loads: 5, ...ALONE });
          await page.goto(`${address}?threads=1`);
          assert.deepEqual(await metBy(page), { loads: 6, ...ALONE });
          await page.goto(address);
          assert.deepEqual(await metBy(page), { loads: 8, ...ISOLATED });
        });
      } finally {
        await close();
      }
    });

    it("stays as it is where the worker is missing, and is loaded again only once where it does not help", async () => {
      const folder = await site();
      rmSync(join(folder, WORKER));
      const missing = await serve(folder, false);
      await open(missing.address, async (page) => {
        assert.deepEqual(await metBy(page), { loads: 1, ...ALONE });
      }).finally(missing.close);
      writeFileSync(join(folder, WORKER), "self.addEventListener('install', () => self.skipWaiting());");
      const useless = await serve(folder, false);
      await open(useless.address, async (page) => {
        assert.deepEqual(await metBy(page), { loads: 2, ...ALONE });
      }).finally(useless.close);
    });

    it("is left alone where the host sends the headers", async () => {
      const { address, close } = await serve(await site(), true);
      await open(address, async (page) => {
        assert.deepEqual(await metBy(page), { loads: 1, ...ISOLATED });
      }).finally(close);
    });
  });
}
