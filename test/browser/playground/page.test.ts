import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { openChromium } from "../chromium.ts";
import { buildPlayground, onPlayground } from "./driver.ts";

const browser = await openChromium();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));
const folder = skip === false ? await buildPlayground() : "";

const SPIRALS = "v=1&data=spirals,samples:300,noise:0.1,test:0.3,seed:1&seed=1&epochs=30";
const SMALL = `${SPIRALS}&a=dense:8,tanh*3&a.train=adam,rate:0.01,batch:32`;

/** A page that was loaded again without success gives up. */
const NO_SECOND_LOAD = 'sessionStorage.setItem("gradus-playground-isolation", "1")';

function play<T>(options: Parameters<typeof onPlayground>[2], use: Parameters<typeof onPlayground<T>>[3]): Promise<T> {
  if (typeof browser === "string") throw new Error(browser);
  return onPlayground(browser, folder, options, use);
}

describe("the playground", { skip }, () => {
  it("loads less than 400 kB, compressed and without data", async () => {
    await play({ fragment: SMALL }, async ({ press, untilStep, loaded }) => {
      await press("One epoch");
      await untilStep(7);
      const scripts = loaded().filter((path) => /\.(js|css)$|^\/$/.test(path));
      assert.ok(scripts.length >= 4, scripts.join(" "));
      const bytes = scripts.map(
        (path) => gzipSync(readFileSync(join(folder, path === "/" ? "index.html" : path))).length,
      );
      const total = bytes.reduce((sum, each) => sum + each, 0);
      assert.ok(total < 400_000, `${total} bytes`);
    });
  });

  it("trains, pauses, makes one step and one epoch, and begins anew", async () => {
    await play({ fragment: SMALL }, async ({ press, untilStep, readOut, fastest }) => {
      await press("One step");
      await untilStep(1);
      assert.equal(await readOut("Step"), "1");
      // 210 training samples, 32 in a batch
      await press("One epoch");
      await untilStep(7);
      assert.equal(await readOut("Step"), "7");
      assert.equal(await readOut("Epoch"), "1");
      await fastest();
      await press("Train");
      await untilStep(7 * 30);
      assert.equal(await readOut("Epoch"), "30");
      await press("Reset");
      await untilStep(0);
    });
  });

  it("draws every chart of two networks side by side", async () => {
    const fragment = `${SMALL}&b=dense:8,relu,init:heNormal*3&b.train=adam,rate:0.01,batch:32`;
    await play({ fragment, viewport: { width: 1280, height: 3000 } }, async ({ page, press, untilStep, fastest }) => {
      await fastest();
      await press("Train");
      await untilStep(7 * 30);
      assert.deepEqual(
        await page.locator(".chart").evaluateAll((charts) => charts.filter((chart) => chart.clientHeight < 50).length),
        0,
      );
      // curves, and layers over time, have left their first words behind
      await page.waitForFunction(() => !document.body.innerText.includes("Shown from the first step on"));
      await press(/^Compare|^Keep only A/);
      await page.waitForFunction(() => document.querySelectorAll(".strip-buttons").length === 1);
    });
  });

  it("says that it trains on one thread where the page is not isolated, and on several where it is", async () => {
    for (const isIsolated of [false, true]) {
      await play({ fragment: SMALL, isIsolated, script: NO_SECOND_LOAD }, async ({ page, press, untilStep }) => {
        const engine = page.locator(".transport .engine");
        if (isIsolated) assert.doesNotMatch(await engine.innerText(), /\b1 thread\b/);
        else {
          assert.match(await engine.innerText(), /1 thread/);
          assert.match((await engine.getAttribute("title")) ?? "", /not cross-origin isolated/);
        }
        await press("One step");
        await untilStep(1);
      });
    }
  });

  it("an address restores everything, and what is edited is in the address", async () => {
    const fragment = `${SPIRALS}&a=dense:8,sigmoid,init:glorotNormal*20/dense:4,relu,norm:batch,dropout:0.3&a.train=sgd,rate:0.25,batch:16,schedule:cosine,clip:globalNorm,threshold:2`;
    await play({ fragment }, async ({ page }) => {
      assert.equal(await page.getByLabel("Batch size", { exact: true }).first().inputValue(), "16");
      const rate = page.getByRole("textbox", { name: "Learning rate" });
      assert.equal(await rate.inputValue(), "0.25");
      await rate.fill("0.5");
      await page.waitForFunction(() => location.hash.includes("rate:0.5"));
      const edited = new URL(page.url()).hash.slice(1);
      assert.equal(edited, fragment.replace("rate:0.25", "rate:0.5"));
    });
  });

  it("a damaged address says what it could not read", async () => {
    await play({ fragment: `${SMALL}&a.train=adam,rate:fast` }, async ({ page }) => {
      const notice = page.getByRole("alert").first();
      await notice.waitFor();
      assert.match(await notice.innerText(), /fast/);
    });
  });

  it("refuses an absurd network with its numbers before it asks for memory, and goes on after it is made smaller", async () => {
    await play({ fragment: SMALL }, async ({ page, press, untilStep }) => {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `${SPIRALS}&a=dense:100000,relu*40&a.train=adam,rate:0.01,batch:32`);
      const problem = page.locator(".problem").first();
      await problem.waitFor();
      assert.match(await problem.innerText(), /\d{3}/);
      await page.evaluate((hash) => {
        location.hash = hash;
      }, SMALL);
      await problem.waitFor({ state: "detached" });
      await press("One step");
      await untilStep(1);
    });
  });

  it("a learning rate of 1000 explodes; the page stays alive and says where", async () => {
    const fragment = `${SPIRALS}&a=dense:16,relu*6&a.train=sgd,rate:1000,batch:32`;
    await play({ fragment }, async ({ page, press, fastest }) => {
      await fastest();
      await press("Train");
      const failed = page
        .locator(".panel.doctor")
        .getByText(/step \d+/)
        .first();
      await failed.waitFor({ timeout: 30_000 });
      assert.match(await failed.innerText(), /NaN|infinite|finite/i);
      await press("Reset");
      await press("One step");
    });
  });

  it("has the system's theme until another is chosen, and remembers the choice", async () => {
    const backgroundOf = async (page: Page, theme: "light" | "dark") => {
      // a page draws what was chosen in its next frame
      await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, theme);
      return page.evaluate(() => getComputedStyle(document.querySelector(".panel") as Element).backgroundColor);
    };
    await play({ fragment: SMALL, colorScheme: "dark" }, async ({ page }) => {
      const dark = await backgroundOf(page, "dark");
      await page.emulateMedia({ colorScheme: "light" });
      assert.notEqual(await backgroundOf(page, "light"), dark);
      await page.getByLabel("Theme").selectOption("dark");
      assert.equal(await backgroundOf(page, "dark"), dark);
      await page.reload();
      await page.locator(".transport .engine dd", { hasText: /\d/ }).waitFor();
      assert.equal(await backgroundOf(page, "dark"), dark);
    });
  });

  it("tells a story beside the network that it is about, from 1000 px on", async () => {
    for (const width of [1000, 1280, 1600]) {
      await play({ fragment: SMALL, viewport: { width, height: 900 } }, async ({ page, press }) => {
        await press("Stories");
        const story = await page.locator(".story-panel").boundingBox();
        const network = await page.locator(".panel.network").boundingBox();
        assert.ok(story !== null && network !== null);
        assert.ok(story.x + story.width <= network.x || network.x + network.width <= story.x, `${width} px`);
        assert.ok(network.y < 300, `the network begins at ${network.y} px`);
      });
    }
  });

  it("reads the user's own CSV file, and refuses a broken one with its line", async () => {
    await play({ fragment: SMALL }, async ({ page, press, untilStep }) => {
      const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * 3) % 11},${i % 2 ? "up" : "down"}`);
      const csv = (text: string, name: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
      const input = page.locator('input[type="file"]').first();
      await input.setInputFiles(csv(`a,b,way\n${rows.join("\n")}\n1,broken,up\n`, "broken.csv"));
      const problem = page.locator(".own-problem");
      await problem.waitFor();
      assert.match(await problem.innerText(), /broken\.csv.*62/s);
      await input.setInputFiles(csv(`a,b,way\n${rows.join("\n")}\n`, "own.csv"));
      await problem.waitFor({ state: "detached" });
      await page.getByText(/42 training and 18 test samples/).waitFor();
      await press("One step");
      await untilStep(1);
    });
  });

  it("reads the user's own pictures, and refuses a broken one by its name", async () => {
    const picture = async (name: string, shade: number) => ({
      name,
      mimeType: "image/png",
      buffer: await sharp({ create: { width: 40, height: 40, channels: 3, background: { r: shade, g: 20, b: 20 } } })
        .png()
        .toBuffer(),
    });
    const names = Array.from({ length: 20 }, (_, i) => (i % 2 ? `cat-${i}.png` : `dog-${i}.png`));
    const files = await Promise.all(names.map((name, i) => picture(name, i % 2 ? 40 : 220)));
    await play({ fragment: SMALL }, async ({ page, press, untilStep }) => {
      const input = page.locator('input[type="file"]').nth(1);
      await input.setInputFiles([
        ...files,
        { name: "cat-99.png", mimeType: "image/png", buffer: Buffer.from("no picture") },
      ]);
      const problem = page.locator(".own-problem");
      await problem.waitFor();
      assert.match(await problem.innerText(), /cat-99\.png/);
      await input.setInputFiles(files);
      await page.getByText(/14 training and 6 test samples/).waitFor();
      await press("One step");
      await untilStep(1);
    });
  });

  for (const look of [
    { width: 360, colorScheme: "light", locale: "en-GB" },
    { width: 1280, colorScheme: "dark", locale: "en-GB" },
    { width: 360, colorScheme: "dark", locale: "ko-KR" },
    { width: 1280, colorScheme: "light", locale: "ko-KR" },
  ] as const) {
    it(`${look.locale}, ${look.width} px, ${look.colorScheme}: axe finds nothing serious, nothing is cut off`, async () => {
      const { width, colorScheme, locale } = look;
      const pair = `${SMALL}&b=dense:8,relu,init:heNormal,norm:batch*20&b.train=adam,rate:0.01,batch:32`;
      await play(
        { fragment: pair, viewport: { width, height: 900 }, colorScheme, locale },
        async ({ page, untilStep, serious }) => {
          await page.keyboard.press("e");
          await untilStep(7);
          await page.waitForTimeout(500);
          assert.deepEqual(await serious(), []);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${overflow} px too wide`);
          assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2));
        },
      );
    });
  }
});
