import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { scratchFolder } from "../../io/scratch.ts";
import { openChromium } from "../chromium.ts";
import { buildDashboard, onDashboard, readers, serious, TOKEN } from "./driver.ts";
import { writeRun } from "./runs.ts";

const browser = await openChromium();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));
const pageFolder = skip === false ? await buildDashboard() : "";
const folder = scratchFolder();
writeRun(folder, "first", { name: "first", loss: (step) => (step === 50 ? Number.NaN : 1 / step) });

function show<T>(options: Partial<Parameters<typeof onDashboard>[1]>, use: Parameters<typeof onDashboard<T>>[2]) {
  if (typeof browser === "string") throw new Error(browser);
  return onDashboard(browser, { pageFolder, folder, ...options }, use);
}

describe("the dashboard in a browser that other pages use too", { skip, timeout: 600_000 }, () => {
  it("refuses a Host that is not a name of this machine", async () => {
    await show({}, async ({ page, port }) => {
      const other = await page.context().newPage();
      // the browser takes every name below localhost to this machine, as a name server of the evil would
      const response = await other.goto(`http://evil.localhost:${port}/?token=${TOKEN}`);
      assert.equal(response?.status(), 403);
      const api = await other.goto(`http://evil.localhost:${port}/api/runs`);
      assert.equal(api?.status(), 403);
      await other.close();
    });
  });

  it("refuses what a page of another origin asks for, with the browser's cookie", async () => {
    const evil = createServer((_, response) => response.setHeader("content-type", "text/html").end("<p>evil</p>"));
    await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
    try {
      await show({}, async ({ page, port }) => {
        const other = await page.context().newPage();
        await other.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
        const base = `http://127.0.0.1:${port}`;
        for (const mode of ["cors", "no-cors"] as const) {
          const answer = await other.evaluate(
            ([address, how]) =>
              fetch(address, { credentials: "include", mode: how as RequestMode }).then(
                () => "an answer",
                () => "nothing",
              ),
            [`${base}/api/runs`, mode] as const,
          );
          assert.equal(answer, "nothing", mode);
        }
        // a form needs nobody's leave to be sent, and its answer is shown
        const [response] = await Promise.all([
          other.waitForNavigation(),
          other.evaluate((action) => {
            const form = document.createElement("form");
            Object.assign(form, { action, method: "post", enctype: "text/plain" });
            document.body.append(form);
            form.submit();
          }, `${base}/api/runs/first/notes`),
        ]);
        assert.equal(response?.status(), 403);
        const notes = await page.evaluate(() => fetch("api/runs/first").then((answer) => answer.json()));
        assert.equal(notes.notes, "");
        await other.close();
      });
    } finally {
      evil.closeAllConnections();
      evil.close();
    }
  });

  it("lets no page in without the token", async () => {
    await show({}, async ({ page, port }) => {
      const stranger = await page.context().browser()?.newContext();
      const other = await stranger?.newPage();
      const response = await other?.goto(`http://127.0.0.1:${port}/`);
      assert.equal(response?.status(), 401);
      await stranger?.close();
    });
  });
});

describe("a run as one file", { skip, timeout: 600_000 }, () => {
  it("opens from the disk without a server, and shows the same numbers", async () => {
    const file = join(scratchFolder(), "run.html");
    const [live, port] = await show({ fragment: "open=first" }, async ({ page, table, port: own }) => {
      const rows = await table("loss");
      await page.getByRole("tab", { name: /^Run/ }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Save as one file" }).click(),
      ]);
      await download.saveAs(file);
      return [rows, own] as const;
    });
    assert.doesNotMatch(readFileSync(file, "utf8"), new RegExp(`${TOKEN}|127\\.0\\.0\\.1:${port}`));
    if (typeof browser === "string") throw new Error(browser);
    const context = await browser.newContext({ locale: "en-GB" });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      const told: string[] = [];
      page.on("console", (message) => told.push(message.text()));
      page.on("pageerror", (error) => told.push(String(error)));
      await page.goto(pathToFileURL(file).href);
      const { table, chart } = readers(page);
      assert.deepEqual(await table("loss"), live);
      await (await chart("loss")).locator('[data-marks="1"]').waitFor();
      await page.getByRole("tab", { name: /^Run/ }).click();
      await page.locator("#run-title", { hasText: "first" }).waitFor();
      assert.deepEqual(await serious(page), []);
      assert.deepEqual(told, []);
      assert.deepEqual(
        asked.filter((address) => !/^(file|data|blob):/.test(address)),
        [],
      );
    } finally {
      await context.close();
    }
  });
});
