import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { decodeModel, openBackend } from "gradus";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { EN } from "../../../apps/playground/src/text/ui-en.ts";
import { runExperiment } from "../../playground/run-experiment.ts";
import { openChromium } from "../chromium.ts";
import { openFirefox } from "../firefox.ts";
import { serve } from "../serve.ts";
import { buildPlayground, onPlayground } from "./driver.ts";

const chromium = await openChromium();
const firefox = await openFirefox();
after(() => (typeof chromium === "string" ? undefined : chromium.close()));
after(() => (typeof firefox === "string" ? undefined : firefox.close()));
const hasBrowser = typeof chromium !== "string" || typeof firefox !== "string";
const folder = hasBrowser ? await buildPlayground() : "";

/** 70 training samples, 3 steps per epoch, of which the last is smaller. */
const CONFIG =
  "v=1&data=spirals,samples:100,noise:0.1,test:0.3,seed:3&seed=5&epochs=6&a=dense:12,tanh,norm:batch,dropout:0.2,skip/dense:9,relu&a.train=adam,rate:0.02,batch:32,schedule:cosine,clip:globalNorm,threshold:1";
const STEPS = 18;

async function download(page: Page, name: keyof typeof EN.exports): Promise<Buffer> {
  const { label } = EN.exports[name] as { readonly label: string };
  await page.getByRole("button", { name: EN.header.export, exact: true }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".menu-list button", { hasText: label }).click(),
  ]);
  return readFileSync(await file.path());
}

/** The losses of the steps, from the table of the curves. */
function lossesOf(table: string): readonly number[] {
  const [head = "", ...rows] = table.trim().split("\r\n");
  const column = head.split(",").indexOf("batchLoss");
  return rows.map((row) => Number(row.split(",")[column]));
}

describe("what is taken away from the page", { skip: typeof chromium === "string" ? chromium : false }, () => {
  for (const threads of [1, 2]) {
    it(`an exported experiment gives the page's losses in Node, to the last bit, on ${threads} thread(s)`, async () => {
      if (typeof chromium === "string") return;
      const search = `?threads=${threads}`;
      await onPlayground(
        chromium,
        folder,
        { fragment: CONFIG, search },
        async ({ page, press, fastest, untilStep }) => {
          await fastest();
          await press(EN.transport.commands.play);
          await untilStep(STEPS);
          const losses = lossesOf((await download(page, "csv")).toString());
          assert.equal(losses.length, STEPS);
          const text = (await download(page, "experiment")).toString();
          assert.equal((JSON.parse(text) as { threads: number }).threads, threads);
          assert.deepEqual(await runExperiment(text), losses);
        },
      );
    });
  }

  it("a program, the trained network, and the curves as a picture", async () => {
    if (typeof chromium === "string") return;
    await onPlayground(chromium, folder, { fragment: CONFIG }, async ({ page, press, fastest, untilStep }) => {
      await fastest();
      await press(EN.transport.commands.play);
      await untilStep(STEPS);
      assert.match((await download(page, "typescript")).toString(), /from "gradus"/);
      const { model, state } = await decodeModel(new Uint8Array(await download(page, "checkpoint")));
      assert.equal(model.config.inputShape[0], 2);
      assert.ok(Object.keys(state.parameters).length > 0);
      const { width, height } = await sharp(await download(page, "png")).metadata();
      assert.ok(width > 300 && height > 100, `${width} x ${height}`);
    });
  });
});

/** Keeps the text of every file that the page offers. */
const KEEP_FILES = `
const { createObjectURL } = URL;
globalThis.offered = [];
URL.createObjectURL = (blob) => {
  if (blob.type !== "text/javascript") blob.text().then((text) => offered.push(text));
  return createObjectURL.call(URL, blob);
};
`;

describe("the playground in Firefox", { skip: typeof firefox === "string" ? firefox : false }, () => {
  it("makes the trainings that Node makes, to the last bit where both fuse multiply-add, and its console is silent", async (test) => {
    if (typeof firefox === "string") return;
    const { address, close } = await serve(folder, true);
    const page = await firefox.newPage();
    const said: string[] = [];
    page.on("console", (message) => {
      if (["warn", "error"].includes(message.type())) said.push(message.text());
    });
    try {
      await page.evaluateOnNewDocument(KEEP_FILES);
      await page.goto(`${address}?threads=2#${CONFIG}`);
      const until = (condition: string) => page.waitForFunction(condition, { timeout: 60_000 });
      await until(`/\\d/.test(document.querySelector(".transport .engine dd")?.textContent ?? "")`);
      const description = await page.evaluate(() =>
        document.querySelector(".transport .engine")?.getAttribute("title"),
      );
      await page.evaluate(() => document.querySelector<HTMLButtonElement>(".transport .play")?.click());
      await until(`document.querySelector(".transport dl dd")?.textContent === "${STEPS}"`);
      const offer = async (name: "csv" | "experiment") => {
        const before = Number(await page.evaluate("offered.length"));
        await page.evaluate(() => document.querySelector<HTMLButtonElement>(".menu > button")?.click());
        await until(`document.querySelector(".menu-list") !== null`);
        await page.evaluate((label) => {
          const buttons = [...document.querySelectorAll<HTMLButtonElement>(".menu-list button")];
          buttons.find((button) => button.textContent?.includes(label))?.click();
        }, EN.exports[name].label);
        await until(`offered.length > ${before}`);
        return String(await page.evaluate("offered.at(-1)"));
      };
      const losses = lossesOf(await offer("csv"));
      assert.equal(losses.length, STEPS);
      const here = (await openBackend({ backend: "wasm", threads: 2 })).description;
      test.diagnostic(`Firefox: ${description}; Node: ${here}`);
      const isFused = (text: string) => /multiply-add fused/.test(text);
      if (isFused(description ?? "") === isFused(here)) {
        assert.deepEqual(losses, await runExperiment(await offer("experiment")));
      }
      assert.deepEqual(said, []);
    } finally {
      await page.close();
      await close();
    }
  });
});
