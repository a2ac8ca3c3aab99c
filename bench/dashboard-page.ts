// What the dashboard's page costs, in Chromium:   npm run bench:dashboard -- [open|scroll ...]
//   open     100 runs x 10 measures x 10,000 steps: from the start of the server's program, and from the page's first request, to the first
//            curve and to the curves of all runs
//   scroll   1,000 charts of 12 runs, scrolled for ten seconds: frames, and how many charts are there at a time
// Prints one line of JSON for each, with the time that the page itself computed: it says what the wait would be on a machine with nothing
// else to do.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { createFake } from "../apps/dashboard/fake/server.ts";
import { answerFile } from "../src/dashboard/http/answer-file.ts";
import { openChromium } from "../test/browser/chromium.ts";
import { makeRuns } from "./dashboard/make-runs.ts";
import { bundleServer, ServerProcess } from "./dashboard/serve-in-process.ts";

const REPEATS = 3;
const VIEWPORT = { width: 1280, height: 900 };
const SCROLL_SECONDS = 10;
/** Pixels that are scrolled in each frame: a fast turn of the wheel. */
const SCROLL_STEP = 60;

const scratch = mkdtempSync(join(tmpdir(), "gradus-dashboard-page-"));
const pageFolder = join(scratch, "page");

async function measureOpen(browser: Browser): Promise<Record<string, unknown>> {
  const folder = join(scratch, "runs");
  makeRuns(folder, { runs: 100, steps: 10_000 });
  const program = await bundleServer(join(scratch, "server"));
  const all: Readonly<Record<"first" | "fromRequest" | "every" | "busy" | "server", number>>[] = [];
  for (let count = 0; count < REPEATS; count++) {
    const page = await browser.newPage({ viewport: VIEWPORT });
    const busy = await busyTime(page);
    const start = performance.now();
    const server = await ServerProcess.start(program, folder, pageFolder);
    try {
      const request = performance.now();
      await page.goto(`${server.address}?token=${server.token}#runs=*`, { waitUntil: "commit" });
      await page.waitForFunction(() => document.querySelector('[data-lines]:not([data-lines="0"])') !== null);
      const first = performance.now();
      await page.waitForFunction(() => document.querySelector('[data-lines="100"]') !== null);
      const every = performance.now() - start;
      const { cpuMs } = await server.usage();
      all.push({ first: first - start, fromRequest: first - request, every, busy: await busy(), server: cpuMs });
    } finally {
      await page.close();
      await server.stop();
    }
  }
  return {
    firstCurveMs: spread(all.map(({ first }) => first)),
    fromRequestMs: spread(all.map(({ fromRequest }) => fromRequest)),
    allRunsMs: spread(all.map(({ every }) => every)),
    pageComputesMs: spread(all.map(({ busy }) => busy)),
    serverComputesMs: spread(all.map(({ server }) => server)),
  };
}

async function measureScroll(browser: Browser): Promise<Record<string, unknown>> {
  // 40 measures of layers come on top
  const fake = createFake({ runs: 12, steps: 4000, measures: 960 });
  const server = createServer((request, response) => {
    if (!fake.answer(request, response)) answerFile(pageFolder, request, response, {});
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    // the compiler of this file names functions by it
    await page.addInitScript("globalThis.__name = (each) => each");
    await page.goto(`http://127.0.0.1:${portOf(server)}/`);
    await page.waitForFunction(() => document.querySelector('[data-lines="12"]') !== null);
    const busy = await busyTime(page);
    const before = await busy();
    const figures = await page.evaluate(
      ({ seconds, step }) =>
        new Promise<{ readonly frames: number[]; readonly mounted: number; readonly cells: number }>((done) => {
          const scroller =
            [...document.querySelectorAll("*")].find(
              (each) => each.querySelector(".chart-grid") !== null && getComputedStyle(each).overflowY === "auto",
            ) ?? document.scrollingElement;
          const frames: number[] = [];
          let [mounted, before] = [0, performance.now()];
          const end = before + 1000 * seconds;
          const next = () => {
            const now = performance.now();
            frames.push(now - before);
            before = now;
            mounted = Math.max(mounted, document.querySelectorAll('[data-mounted="true"]').length);
            scroller?.scrollBy(0, step);
            if (now < end) requestAnimationFrame(next);
            else done({ frames, mounted, cells: document.querySelectorAll("[data-mounted]").length });
          };
          requestAnimationFrame(next);
        }),
      { seconds: SCROLL_SECONDS, step: SCROLL_STEP },
    );
    const computed = (await busy()) - before;
    await page.close();
    const sorted = figures.frames.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
    return {
      charts: figures.cells,
      mostMounted: figures.mounted,
      framesPerSecond: Math.round(figures.frames.length / SCROLL_SECONDS),
      pageComputesMsPerFrame: Number((computed / figures.frames.length).toFixed(1)),
      frameMs: { median: at(0.5), ninetyFifth: at(0.95), longest: at(1) },
    };
  } finally {
    fake.close();
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }
}

/** Reads how long the page's main thread has worked, in ms. */
async function busyTime(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  // of the thread, not of the clock: others may keep the machine busy
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Median, least and largest. */
function spread(values: readonly number[]): readonly number[] {
  const sorted = values.map(Math.round).sort((a, b) => a - b);
  return [sorted[sorted.length >> 1] ?? 0, sorted[0] ?? 0, sorted.at(-1) ?? 0];
}

const parts = { open: measureOpen, scroll: measureScroll };
const wanted = process.argv.slice(2);
const browser = await openChromium();
if (typeof browser === "string") throw new Error(browser);
try {
  const configFile = resolve("apps/dashboard/vite.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir: pageFolder } });
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const figures = await measure(browser);
    console.log(JSON.stringify({ name, ...figures, processor: cpus()[0]?.model, load: loadavg()[0] }));
  }
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}
