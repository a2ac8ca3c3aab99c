import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { renderReport } from "../../src/cli/demo/report/report.ts";
import { renderHtml } from "../../src/telling/report/html.ts";
import { LANGUAGES } from "../../src/telling/texts/texts.ts";
import { CONTEXT, sampleCures, TOGETHER_RUN } from "../cli/demo/sample.ts";
import { CURED, NOT_CURABLE } from "../telling/report/sample.ts";
import { openChromium } from "./chromium.ts";

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

const browser = await openChromium();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const cures = await sampleCures();

const REPORTS = {
  "the doctor's report": (lang: (typeof LANGUAGES)[number]) => renderHtml(CURED, { lang }),
  "the doctor's report on an incurable case": (lang: (typeof LANGUAGES)[number]) => renderHtml(NOT_CURABLE, { lang }),
  "the demonstration's report": (lang: (typeof LANGUAGES)[number]) =>
    renderReport(cures, TOGETHER_RUN, { ...CONTEXT, lang }),
};

/** Opens a report with a given look and runs a function on the page. */
async function onPage<T>(
  html: string,
  look: { readonly width: number; readonly colorScheme: "light" | "dark" },
  use: (page: Page) => Promise<T>,
): Promise<T> {
  if (typeof browser === "string") throw new Error(browser);
  const page = await browser.newPage({ viewport: { width: look.width, height: 900 }, colorScheme: look.colorScheme });
  try {
    await page.setContent(html);
    return await use(page);
  } finally {
    await page.close();
  }
}

/** Both widths and both themes, half of them in each language, because themes do not depend on the language. */
const LOOKS = {
  en: [
    { width: 400, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
  ],
  ko: [
    { width: 400, colorScheme: "dark" },
    { width: 1280, colorScheme: "light" },
  ],
} as const satisfies Record<(typeof LANGUAGES)[number], unknown>;

describe("reports in Chromium", { skip }, () => {
  for (const [name, render] of Object.entries(REPORTS))
    for (const lang of LANGUAGES)
      for (const look of LOOKS[lang])
        it(`${name}, ${lang}, ${look.width} px, ${look.colorScheme}: axe finds nothing serious, nothing is cut off`, async () => {
          const { violations, overflow } = await onPage(render(lang), look, async (page) => {
            await page.evaluate(axe);
            const found = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
            return {
              violations: (found as { readonly violations: readonly Violation[] }).violations,
              overflow: await page.evaluate("document.documentElement.scrollWidth - innerWidth"),
            };
          });
          const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
          assert.deepEqual(
            serious.map(({ id, nodes }) => [id, nodes[0]?.html]),
            [],
          );
          assert.ok(Number(overflow) <= 0, `the page is ${overflow} px wider than the screen`);
        });

  it("letters in charts are at least 11 px high on a narrow page, and no label is cut off", async () => {
    const html = renderHtml(CURED);
    const sizes = await onPage(html, { width: 400, colorScheme: "light" }, (page) =>
      page.evaluate(`[...document.querySelectorAll("figure svg text")]
        .filter((text) => text.getClientRects().length > 0)
        .map((text) => {
          const svg = text.ownerSVGElement;
          const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
          const [own, all] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
          return { px: scale * parseFloat(getComputedStyle(text).fontSize), cut: Math.max(all.left - own.left, own.right - all.right) };
        })`),
    );
    const told = sizes as readonly { readonly px: number; readonly cut: number }[];
    assert.ok(told.length > 10);
    assert.ok(
      told.every(({ px }) => px >= 11),
      `the smallest: ${Math.min(...told.map(({ px }) => px))} px`,
    );
    assert.ok(
      told.every(({ cut }) => cut <= 1),
      `cut off by ${Math.max(...told.map(({ cut }) => cut))} px`,
    );
  });

  it("scrolling boxes and folded tables work with the keyboard", async () => {
    const html = renderHtml(CURED);
    const { opened, focused } = await onPage(html, { width: 400, colorScheme: "light" }, async (page) => {
      await page.locator("figure summary").first().focus();
      await page.keyboard.press("Enter");
      const isOpen = await page.locator("figure details").first().getAttribute("open");
      await page.keyboard.press("Tab");
      const role = await page.evaluate("document.activeElement.getAttribute('role')");
      return { opened: isOpen, focused: role };
    });
    assert.equal(opened, "");
    assert.equal(focused, "region");
  });
});
