// Speed of the playground: steps per second in Chromium, while the page draws, against the same training in Node on WebAssembly with as many
// threads, in turn. Also frames per second, and how long the page takes to answer a person who uses it meanwhile.
//   npm run bench:playground -- [--threads 1,2] [--pairs 5] [--seconds 5]
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import type { PlaygroundConfig } from "../apps/playground/src/config/config.ts";
import { encodeConfig } from "../apps/playground/src/config/url.ts";
import { loadData } from "../apps/playground/src/lab/data.ts";
import { Session } from "../apps/playground/src/lab/session.ts";
import { openBackend } from "../src/engine/select-backend.ts";
import { trainingEvents } from "../src/train/loop.ts";
import { openChromium } from "../test/browser/chromium.ts";
import { buildPlayground, onPlayground } from "../test/browser/playground/driver.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "1,2" },
    pairs: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
  },
});
const [pairs, seconds] = [Number(values.pairs), Number(values.seconds)];

/** `mlp-20x100` of bench/workloads.ts, as the page writes it. */
const CONFIG: PlaygroundConfig = {
  data: { name: "mnist", samples: 2000, testSamples: 500 },
  seed: 1,
  epochs: 100_000,
  networks: [
    {
      blocks: Array.from({ length: 20 }, () => ({
        kind: "dense" as const,
        units: 100,
        activation: "leakyRelu" as const,
        init: { type: "auto" as const },
        norm: "batch" as const,
        dropout: 0,
        skip: false,
      })),
      outputInit: { type: "auto" },
      outputActivation: "identity",
      loss: "auto",
      optimizer: { type: "adam", learningRate: 0.001 },
      schedule: "constant",
      clip: { type: "globalNorm", threshold: 1 },
      l2: 0,
      standardize: false,
      batchSize: 128,
    },
  ],
};

/** High enough for the network and the curves. */
const VIEWPORT = { width: 1280, height: 1200 };

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;
const shown = (numbers: readonly number[], digits = 0) =>
  `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)}–${Math.max(...numbers).toFixed(digits)})`;

/** Steps per second of `fit` in Node, without measurements. */
async function inNode(threads: number): Promise<number> {
  const backend = await openBackend({ backend: "wasm", threads });
  const read = async (name: string) => readFileSync(`apps/playground/public/data/${name}`);
  const data = await loadData(CONFIG.data, read);
  const session = await Session.open({ network: CONFIG.networks[0], config: CONFIG, data, backend });
  const { model, settings } = session.plan;
  const { data: parts } = session.training;
  await session.dispose();
  const { model: _model, standardize: _scaled, standardizeTargets: _targets, ...options } = settings;
  let steps = 0;
  let start = 0;
  for await (const event of trainingEvents(model, { ...options, data: parts, backend })) {
    if (event.type !== "stepEnded") continue;
    // the first second compiles, and lets the engine's code settle
    if (start === 0 && event.step >= 200) start = performance.now();
    else if (start > 0) steps++;
    if (start > 0 && performance.now() - start > 1000 * seconds) break;
  }
  const rate = (1000 * steps) / (performance.now() - start);
  backend.dispose();
  return rate;
}

interface Watched {
  readonly steps: number;
  readonly frames: number;
  readonly draws: number;
  readonly slowest: number;
}

/** Counts the slowest answer to a press or a key, from now on. */
const WATCH = `
globalThis.watched = { draws: curveDraws, slowest: 0 };
new PerformanceObserver((list) => {
  for (const { duration, interactionId } of list.getEntries()) if (interactionId) watched.slowest = Math.max(watched.slowest, duration);
}).observe({ type: "event", durationThreshold: 16 });
`;

/** Counts messages of the lab, and drawings of the loss curve, before any script of the page runs. */
const COUNT = `
globalThis.labFrames = 0;
globalThis.curveDraws = 0;
const { Worker: Original } = globalThis;
globalThis.Worker = class extends Original {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => { if (data?.type === "frame") globalThis.labFrames++; });
  }
};
const { clearRect } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.clearRect = function (...where) {
  if (this.canvas.closest?.(".panel.results")) globalThis.curveDraws++;
  return clearRect.apply(this, where);
};
`;

async function watch(page: Page): Promise<Watched> {
  const stepNow = async () =>
    Number((await page.locator(".transport dl > div:first-child dd").innerText()).replace(/\D/g, ""));
  const before = await stepNow();
  const started = performance.now();
  const framesBefore = (await page.evaluate("labFrames")) as number;
  await page.evaluate(WATCH);
  const end = started + 1000 * seconds;
  // a person goes from layer to layer
  await page.locator(".strip-button").nth(1).focus();
  while (performance.now() < end) {
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(400);
  }
  const elapsed = (performance.now() - started) / 1000;
  const after = await stepNow();
  const frames = ((await page.evaluate("labFrames")) as number) - framesBefore;
  const draws = (await page.evaluate("curveDraws - watched.draws")) as number;
  const slowest = (await page.evaluate("watched.slowest")) as number;
  return { steps: (after - before) / elapsed, frames: frames / elapsed, draws: draws / elapsed, slowest };
}

async function inPage(folder: string, threads: number): Promise<Watched> {
  const browser = await openChromium();
  if (typeof browser === "string") throw new Error(browser);
  try {
    const search = `?threads=${threads}`;
    return await onPlayground(
      browser,
      folder,
      { fragment: encodeConfig(CONFIG), search, script: COUNT, viewport: VIEWPORT },
      async (opened) => {
        await opened.fastest();
        await opened.press("Train");
        await opened.untilStep(500);
        return watch(opened.page);
      },
    );
  } finally {
    await browser.close();
  }
}

const folder = await buildPlayground();
console.log(`${cpus()[0]?.model}, ${cpus().length} virtual cores, Node ${process.versions.node}`);
for (const threads of values.threads.split(",").map(Number)) {
  const node: number[] = [];
  const page: Watched[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    node.push(await inNode(threads));
    page.push(await inPage(folder, threads));
  }
  const ratios = page.map(({ steps }, index) => steps / (node[index] as number));
  console.log(`mlp-20x100, ${threads} thread(s), ${pairs} pairs of ${seconds} s, median (range):`);
  console.log(`  Node on wasm      ${shown(node)} steps/s`);
  console.log(`  the page          ${shown(page.map(({ steps }) => steps))} steps/s, ratio ${shown(ratios, 2)}`);
  console.log(
    `  frames            ${shown(page.map(({ frames }) => frames))} /s sent, curves drawn ${shown(page.map(({ draws }) => draws))} times per second`,
  );
  console.log(`  slowest answer    ${shown(page.map(({ slowest }) => slowest))} ms`);
}
