import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { scratchFolder } from "../../io/scratch.ts";
import { openChromium } from "../chromium.ts";
import { buildDashboard, type Opened, onDashboard, serious } from "./driver.ts";
import { beginRun, endRun, writeManyMeasures, writeRun, writeSteps } from "./runs.ts";

const browser = await openChromium();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));
const pageFolder = skip === false ? await buildDashboard() : "";
const scratch = scratchFolder();

/** A folder for the runs of one test. */
let folders = 0;
function newFolder(): string {
  const folder = join(scratch, `runs-${folders++}`);
  mkdirSync(folder);
  return folder;
}

type Options = Partial<Parameters<typeof onDashboard>[1]> & { readonly folder: string };

function show<T>(options: Options, use: (opened: Opened) => Promise<T>): Promise<T> {
  if (typeof browser === "string") throw new Error(browser);
  return onDashboard(browser, { pageFolder, ...options }, use);
}

/** The text of the whole page holds all of these. */
async function says(page: Page, ...texts: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => wanted.every((text) => document.body.innerText.replaceAll("\u00a0", " ").includes(text)),
    texts,
  );
}

/** Another view, by its address. */
async function turnTo(page: Page, fragment: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, fragment);
}

const adam = (learningRate: number, seed: number) => ({
  optimizer: { type: "adam", learningRate },
  batchSize: 32,
  seed,
});

describe("the dashboard's page", { skip, timeout: 600_000 }, () => {
  it("shows a run that begins while the page is open, and its curves move", async () => {
    const folder = newFolder();
    writeRun(folder, "first", { name: "first" });
    await show({ folder }, async ({ page, run, table }) => {
      await run("first").waitFor();
      const live = { name: "second", steps: 200, loss: (step: number) => 1000 + step };
      const writer = beginRun(folder, "second", live);
      writeSteps(writer, 1, 20, live);
      await run("second").getByText("Running").waitFor();
      await run("second").getByText("epoch 2 of 20").waitFor();
      // it is shown without being chosen, and the table of its chart has its last value
      const lastOf = async () => (await table("loss")).flat().includes("1,020");
      assert.ok(await lastOf());
      writeSteps(writer, 21, 40, live);
      await run("second").getByText("epoch 4 of 20").waitFor();
      const figure = page.locator('figure[data-name="loss"]');
      await figure.locator("td", { hasText: "1,040" }).first().waitFor();
      endRun(writer, 40);
      await run("second").getByText("Finished").waitFor();
    });
  });

  it("compares runs by what differs, and marks the best result", async () => {
    const folder = newFolder();
    writeRun(folder, "a", { name: "slow", settings: adam(0.001, 1), accuracy: 0.8 });
    writeRun(folder, "b", { name: "fast", settings: adam(0.01, 1), accuracy: 0.95 });
    await show({ folder, fragment: "tab=compare" }, async ({ page }) => {
      const compared = page.locator(".compare-table");
      const setting = (path: string) => compared.locator("tr", { has: page.locator(`th button[title*="${path}"]`) });
      assert.deepEqual(await setting("optimizer.learningRate").locator("td").allInnerTexts(), ["0.001", "0.01"]);
      assert.equal(await setting("batchSize").count(), 0);
      assert.equal(await setting("optimizer.type").count(), 0);
      const best = setting("validation/accuracy").locator(".is-best");
      assert.equal(await best.count(), 1);
      assert.match(await best.innerText(), /0\.95/);
      await page.getByLabel("Equal settings too").check();
      assert.deepEqual(await setting("batchSize").locator("td").allInnerTexts(), ["32", "32"]);
    });
  });

  it("draws a value that is not finite as a mark, and names it", async () => {
    const folder = newFolder();
    writeRun(folder, "bad", { name: "bad", loss: (step) => (step === 50 ? Number.NaN : step === 60 ? Infinity : 2) });
    await show({ folder }, async ({ page, chart, run }) => {
      const figure = await chart("loss");
      await figure.locator('[data-marks="2"]').waitFor();
      assert.match(await figure.innerText(), /2 values not finite, in 1 run/);
      await run("bad").getByText("has values that are not finite").waitFor({ state: "attached" });
      // nothing of it in the chart of the learning rate
      assert.equal(await (await chart("learningRate")).locator('[data-marks="0"]').count(), 1);
      assert.equal(await page.locator(".problem").count(), 0);
    });
  });

  it("mounts only the charts that are in sight, of a thousand", async () => {
    const folder = newFolder();
    writeManyMeasures(folder, "many", 1000);
    await show({ folder }, async ({ page, chart, table }) => {
      const cells = page.locator(".chart-cell");
      await cells.first().waitFor();
      assert.equal(await cells.count(), 1000);
      const mounted = () => page.locator('.chart-cell[data-mounted="true"]').count();
      await chart("measure-0000");
      const few = 40;
      assert.ok((await mounted()) <= few, `${await mounted()} charts`);
      assert.ok((await page.locator(".uplot").count()) <= few);
      await chart("measure-0999");
      assert.deepEqual((await table("measure-0999")).flat().includes("1,002"), true);
      await page.waitForFunction(() => document.querySelector(".chart-cell")?.querySelector("figure") === null);
      assert.ok((await mounted()) <= few, `${await mounted()} charts`);
      // a search leaves what it finds
      await page.getByLabel("Filter measures").fill("measure-07");
      await page.waitForFunction(() => document.querySelectorAll(".chart-cell").length === 100);
    });
  });

  it("brings the view back after the page was loaded again", async () => {
    const folder = newFolder();
    for (const name of ["one", "two", "three"]) writeRun(folder, name, { name, settings: adam(0.01, name.length) });
    await show({ folder }, async ({ page, run }) => {
      await run("two").getByRole("checkbox").uncheck();
      await page.getByLabel("Log scale").check();
      await page.getByLabel("Epoch", { exact: true }).check();
      await page.getByLabel("Filter measures").fill("loss");
      await page.getByRole("button", { name: "Pin validation/loss" }).click();
      await page.getByLabel("Filter runs").fill("learningRate=0.01");
      await page.waitForFunction(() => location.hash.includes("filter=") && location.hash.includes("pinned="));
      await page.reload();
      await run("one").waitFor();
      assert.equal(await run("two").getAttribute("aria-selected"), "false");
      assert.equal(await run("three").getAttribute("aria-selected"), "true");
      assert.ok(await page.getByLabel("Log scale").isChecked());
      assert.ok(await page.getByLabel("Epoch", { exact: true }).isChecked());
      assert.equal(await page.getByLabel("Filter measures").inputValue(), "loss");
      assert.equal(await page.getByLabel("Filter runs").inputValue(), "learningRate=0.01");
      assert.equal(await page.locator(".measure-group h2").first().innerText(), "Pinned\n1 chart");
    });
  });

  it("keeps notes, and what is typed while the server is gone", async () => {
    const folder = newFolder();
    writeRun(folder, "noted", { name: "noted" });
    await show({ folder, fragment: "tab=run", mayTell: /ERR_CONNECTION_REFUSED/ }, async (opened) => {
      const { page, stop, restart } = opened;
      const notes = page.getByRole("textbox", { name: "Notes" });
      const text = 'Better than <b>before</b>\n"quoted" ✓ 메모';
      await notes.fill(text);
      await page.getByRole("button", { name: "Save notes" }).click();
      await page.locator(".run-section").getByText("Saved", { exact: true }).waitFor();
      await page.reload();
      await page.waitForFunction((wanted) => document.querySelector("textarea")?.value === wanted, text);
      await stop();
      await page.locator(".connection.is-lost").waitFor();
      await notes.fill(`${text}, and more`);
      await page.getByRole("button", { name: "Save notes" }).click();
      await page.getByText("The notes could not be saved").waitFor();
      assert.equal(await notes.inputValue(), `${text}, and more`);
      await restart();
      await page.locator(".connection.is-live").waitFor();
      await page.getByRole("button", { name: "Save notes" }).click();
      await page.locator(".run-section").getByText("Saved", { exact: true }).waitFor();
      await page.reload();
      await page.waitForFunction((wanted) => document.querySelector("textarea")?.value === wanted, `${text}, and more`);
    });
  });

  it("says that the server is gone, keeps what it has, and goes on when it is back", async () => {
    const folder = newFolder();
    const live = { name: "live", steps: 200, loss: (step: number) => 1000 + step };
    const writer = beginRun(folder, "live", live);
    writeSteps(writer, 1, 10, live);
    await show({ folder, mayTell: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY/ }, async (opened) => {
      const { page, run, table, stop, restart } = opened;
      assert.ok((await table("loss")).flat().includes("1,010"));
      await stop();
      await page.getByText("Everything received so far stays").waitFor();
      assert.ok((await table("loss")).flat().includes("1,010"));
      writeSteps(writer, 11, 20, live);
      await restart();
      await page.locator(".connection.is-live").waitFor();
      await run("live").getByText("epoch 2 of 20").waitFor();
      await page.locator('figure[data-name="loss"] td', { hasText: "1,020" }).first().waitFor();
      assert.equal(await page.getByText("Everything received so far stays").count(), 0);
    });
    endRun(writer, 20);
  });

  it("is used with the keyboard: the list of runs, and the views", async () => {
    const folder = newFolder();
    for (const [index, name] of ["c", "b", "a"].entries()) writeRun(folder, name, { name, accuracy: index / 10 });
    await show({ folder, fragment: "sort=name&down=0" }, async ({ page, run }) => {
      await run("a").focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      assert.equal(await run("b").getAttribute("aria-selected"), "false");
      await page.keyboard.press("Escape");
      await says(page, "No run is selected");
      await page.keyboard.press("End");
      await page.keyboard.press("Shift+ArrowUp");
      await says(page, "2 selected");
      await page.keyboard.press("Control+a");
      await says(page, "3 selected");
      await page.keyboard.press("Enter");
      await page.locator("#run-title", { hasText: "b" }).waitFor();
      await page.keyboard.press("1");
      await page.getByRole("tab", { name: "Curves", selected: true }).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("nothing of the kind");
      await says(page, "No run matches the filter.");
    });
  });

  it("shows names that would do harm as text, within the layout", async () => {
    const folder = newFolder();
    const hostile = `<img src=x onerror="window.wasHurt=1">"'/../\u001b[31m\u202e__proto__`;
    const long = "0123456789".repeat(30);
    writeRun(folder, "hostile", {
      name: hostile,
      settings: { [hostile]: hostile, __proto__: { a: 1 }, other: 1 },
      tags: [hostile],
    });
    writeRun(folder, "long", { name: long, settings: { [long]: long, other: 2 }, tags: [long] });
    for (const width of [400, 1280]) {
      await show({ folder, viewport: { width, height: 900 } }, async ({ page }) => {
        for (const [tab, text] of [
          ["curves", "Training"],
          ["compare", "<img src=x"],
          ["run", "0123456789"],
        ] as const) {
          await turnTo(page, `tab=${tab}`);
          await says(page, text);
          assert.equal(await page.evaluate("window.wasHurt"), undefined);
          assert.equal(await page.locator("img").count(), 0);
          const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assert.ok(Number(overflow) <= 0, `${tab} at ${width}: ${overflow} px too wide`);
        }
      });
    }
  });

  it("says what makes a first run where there is none", async () => {
    const folder = newFolder();
    await show({ folder }, async ({ page, run }) => {
      await says(page, "No runs yet", "gradus train");
      writeRun(folder, "first", { name: "first" });
      await run("first").waitFor();
      await page.getByRole("tab", { name: "Curves" }).waitFor();
    });
  });

  it("diagnoses a run by one click", async () => {
    const folder = newFolder();
    writeRun(folder, "bad", { name: "bad", loss: (step) => 2 + (step % 2), accuracy: 0.5 });
    await show({ folder, fragment: "tab=run" }, async ({ page }) => {
      await page.getByRole("button", { name: "Diagnose" }).click();
      await page.locator(".verdict").waitFor();
      await page.getByRole("button", { name: "Diagnose again" }).waitFor();
      await page.getByTitle("한국어").click();
      await page.getByRole("button", { name: "다시 진단하기" }).waitFor();
    });
  });

  it("has nothing serious for axe, in both themes, wide and narrow", async () => {
    const folder = newFolder();
    writeRun(folder, "a", { name: "a", settings: adam(0.01, 1), loss: (step) => (step === 9 ? Number.NaN : 1) });
    writeRun(folder, "b", { name: "b", settings: adam(0.1, 1), tags: ["tag"] });
    const views = [
      ["tab=curves", ".chart-cell figure"],
      ["tab=compare", ".compare-table"],
      ["tab=run&open=a", "#run-title"],
      ["runs=,&group=optimizer.learningRate", ".group-heading"],
    ] as const;
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [400, 1280]) {
        await show({ folder, colorScheme, viewport: { width, height: 900 } }, async ({ page }) => {
          if (width === 400) await page.getByRole("button", { name: "Choose runs" }).click();
          for (const [fragment, sign] of views) {
            await turnTo(page, fragment);
            await page.locator(sign).first().waitFor();
            assert.deepEqual(await serious(page), [], `${colorScheme} ${width} ${fragment}`);
          }
        });
      }
    }
  });
});
