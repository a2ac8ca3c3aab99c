// The dashboard as it is built, in Chromium: what a person sees and does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { build } from "vite";
import { serveDashboard } from "../../../src/dashboard/serve.ts";
import { scratchFolder } from "../../io/scratch.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Of the servers of these tests. */
export const TOKEN = "a-token-of-the-tests";

/** Builds the page into a scratch folder. */
export async function buildDashboard(): Promise<string> {
  const outDir = join(scratchFolder(), "dashboard");
  await build({ root: "apps/dashboard", logLevel: "error", build: { outDir, emptyOutDir: true } });
  return outDir;
}

export interface Opened {
  readonly page: Page;
  readonly port: number;
  /** The row of a run in the list. */
  run(name: string): Locator;
  /** The chart of a measure, in sight. */
  chart(measure: string): Promise<Locator>;
  /** The cells of a chart's table, row by row. */
  table(measure: string): Promise<readonly (readonly string[])[]>;
  /** Closes the server. */
  stop(): Promise<void>;
  /** Starts the server again at the same port. */
  restart(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Of the runs. */
  readonly folder: string;
  /** Of the built page. */
  readonly pageFolder: string;
  /** The view, as the fragment of the address. */
  readonly fragment?: string;
  /** What the console may say: of a server that is gone, of requests that are refused. */
  readonly mayTell?: RegExp;
}

/** Serves a folder of runs, opens the page, waits for its first runs, and requires a console without warnings and errors at the end. */
export async function onDashboard<T>(
  browser: Browser,
  { folder, pageFolder, fragment = "", mayTell, ...context }: OpenOptions,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const serve = (port: number) => serveDashboard(folder, { host: "127.0.0.1", port, pageFolder, token: TOKEN });
  let served = await serve(0);
  const { address, port } = served;
  const opened = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, ...context });
  const page = await opened.newPage();
  // machines of tests may be busy
  page.setDefaultTimeout(60_000);
  const told: string[] = [];
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type()) && mayTell?.test(message.text()) !== true)
      told.push(message.text());
  });
  page.on("pageerror", (error) => told.push(String(error)));
  try {
    await page.goto(`${address}#${fragment}`);
    await page.locator(".connection.is-live").waitFor();
    const result = await use({
      page,
      port,
      ...readers(page),
      stop: () => served.close(),
      restart: async () => {
        served = await serve(port);
      },
    });
    assert.deepEqual(told, []);
    return result;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nthe page said: ${told.join("\n")}`, { cause: error });
  } finally {
    await opened.close();
    await served.close().catch(() => undefined);
  }
}

/** What is read of a page, live or saved. */
export function readers(page: Page): Pick<Opened, "run" | "chart" | "table"> {
  const chart = async (measure: string) => {
    const name = JSON.stringify(measure);
    const cell = page.locator(".chart-cell", {
      has: page.locator(`figure[data-name=${name}], .chart-placeholder:text-is(${name})`),
    });
    // a chart is made when its place comes into sight
    await cell.first().scrollIntoViewIfNeeded();
    const figure = cell.first().locator("figure");
    await figure.waitFor();
    return figure;
  };
  return {
    run: (name) => page.locator(".run-row", { has: page.locator(`th[title=${JSON.stringify(name)}]`) }),
    chart,
    table: async (measure) => {
      const figure = await chart(measure);
      const details = figure.locator(".chart-table");
      if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
      await details.locator("tbody tr").first().waitFor();
      return details
        .locator("tbody tr")
        .evaluateAll((rows) =>
          rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim())),
        );
    },
  };
}

/** Runs axe. @returns its serious findings as text. */
export async function serious(page: Page): Promise<readonly string[]> {
  // past the page's own rule against scripts that are not its own
  const { violations } = (await page.evaluate(`${axe}; axe.run({ resultTypes: ["violations"] })`)) as {
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string | null;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
}
