// The playground as it is built, in Chromium: what a person sees and does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
import { scratchFolder } from "../../io/scratch.ts";
import { serve } from "../serve.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Builds the page into a scratch folder. */
export async function buildPlayground(): Promise<string> {
  const outDir = join(scratchFolder(), "playground");
  await build({ root: "apps/playground", logLevel: "error", build: { outDir, emptyOutDir: true } });
  return outDir;
}

export interface Opened {
  readonly page: Page;
  /** Presses a button by its name. */
  press(name: string | RegExp): Promise<void>;
  /** Moves the speed slider to its end. */
  fastest(): Promise<void>;
  /** The number of a read-out of the bar: "Step", "Epoch". */
  readOut(name: string): Promise<string>;
  /** Waits for a step count. */
  untilStep(least: number): Promise<void>;
  /** The paths that the page and its workers have asked the server for. */
  loaded(): readonly string[];
  /** Runs axe. @returns its serious findings as text. */
  serious(): Promise<readonly string[]>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** The configuration, as the fragment of the address. */
  readonly fragment?: string;
  /** The address's query, with its sign. */
  readonly search?: string;
  /** Runs in the page before its own scripts. */
  readonly script?: string;
  /** Whether the server sends the headers of isolation. Default true. */
  readonly isIsolated?: boolean;
}

/** Opens the page, waits for its engine, and requires a console without warnings and errors at the end. */
export async function onPlayground<T>(
  browser: Browser,
  folder: string,
  { fragment = "", search = "", script, isIsolated = true, ...context }: OpenOptions,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { address, close } = await serve(folder, isIsolated);
  const opened = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, ...context });
  const page = await opened.newPage();
  // machines of tests may be busy
  page.setDefaultTimeout(60_000);
  const said: string[] = [];
  const asked = new Set<string>();
  opened.on("request", (request) => asked.add(new URL(request.url()).pathname));
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  try {
    if (script !== undefined) await page.addInitScript(script);
    await page.goto(`${address}${search}#${fragment}`);
    await page.locator(".transport .engine dd", { hasText: /\d/ }).waitFor();
    const result = await use(handle(page, asked));
    assert.deepEqual(said, []);
    return result;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nthe page said: ${said.join("\n")}`, { cause: error });
  } finally {
    await opened.close();
    await close();
  }
}

function handle(page: Page, asked: ReadonlySet<string>): Opened {
  const transport = page.locator(".transport");
  const readOut = (name: string) =>
    transport
      .locator("dl > div", { has: page.locator("dt", { hasText: name }) })
      .locator("dd")
      .first()
      .innerText();
  return {
    page,
    press: (name) =>
      page
        .getByRole("button", { name, exact: typeof name === "string" })
        .first()
        .click(),
    fastest: async () => {
      const slider = transport.locator('input[type="range"]');
      await slider.focus();
      await slider.press("End");
    },
    readOut,
    loaded: () => [...asked].filter((path) => !path.startsWith("/data/")),
    untilStep: async (least) => {
      await page.waitForFunction(
        (wanted) => {
          const text = document.querySelector(".transport dl > div:first-child dd")?.textContent ?? "";
          return Number(text.replace(/\D/g, "")) >= wanted;
        },
        least,
        { timeout: 60_000 },
      );
    },
    serious: async () => {
      await page.evaluate(axe);
      const { violations } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
        readonly violations: readonly {
          readonly id: string;
          readonly impact: string | null;
          readonly nodes: readonly { readonly html: string }[];
        }[];
      };
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
    },
  };
}
