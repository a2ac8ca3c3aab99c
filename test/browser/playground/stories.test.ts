import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { STORIES } from "../../../apps/playground/src/stories/stories.ts";
import { STORIES_EN as EN } from "../../../apps/playground/src/text/stories-en.ts";
import { openChromium } from "../chromium.ts";
import { buildPlayground, onPlayground } from "./driver.ts";

const browser = await openChromium();
const skip = typeof browser === "string" ? browser : false;
after(() => (typeof browser === "string" ? undefined : browser.close()));
const folder = skip === false ? await buildPlayground() : "";

/** The verdicts of a step of the story, when all are spoken. */
async function verdictsOf(page: Page, step: number): Promise<readonly string[]> {
  const promises = page.locator(".story-steps > li").nth(step).locator(".story-promise");
  await page.waitForFunction(
    (index) => {
      const items = document.querySelectorAll(".story-steps > li")[index]?.querySelectorAll(".story-promise") ?? [];
      return items.length > 0 && [...items].every((item) => item.getAttribute("data-verdict") !== "waiting");
    },
    step,
    { timeout: 240_000 },
  );
  return promises.evaluateAll((items) =>
    items.map((item) => `${item.getAttribute("data-measure")} ${item.getAttribute("data-verdict")}`),
  );
}

/** The second and the fourth step hold the promises of the network before the change, and after it. */
const WATCH = 1;
const SEE = 3;

describe("the guided stories, from the page", { skip }, () => {
  for (const story of STORIES) {
    const { title } = EN.stories[story.name];
    it(`${title}: shows what it promises before the change, and after it`, async () => {
      if (typeof browser === "string") return;
      await onPlayground(browser, folder, {}, async ({ page, press, fastest }) => {
        await press("Stories");
        await page.locator(".story-panel").getByRole("button", { name: title }).first().click();
        await page.locator(".story-steps > li").first().getByRole("button").click();
        await fastest();
        const kept = (promises: typeof story.before) => promises.map(({ measure }) => `${measure} kept`);
        assert.deepEqual(await verdictsOf(page, WATCH), kept(story.before));
        const [change] = story.changes;
        await page
          .locator(".story-changes")
          .getByRole("button", { name: EN.changes[change.name], exact: true })
          .click();
        await fastest();
        assert.deepEqual(await verdictsOf(page, SEE), kept(change.promises));
      });
    });
  }
});
