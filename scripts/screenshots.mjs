// Takes the README's pictures of the playground, from the page as it is built (npm run build), in Chromium.
//   node scripts/screenshots.mjs
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { preview } from "vite";

const OUT = "docs/pictures";
const DEEP = "dense:16,sigmoid,init:glorotUniform*20";
const CURED = "dense:16,relu,init:heNormal*20";
const DATA = "v=1&data=circles,samples:600,noise:0.2,test:0.3,seed:1&seed=2&epochs=200";
const RATE = "sgd,rate:0.05,batch:20";

const PICTURES = {
  vanishing: { fragment: `${DATA}&a=${DEEP}&a.train=${RATE}`, steps: 300, clip: ".panel.network" },
  "two-networks": {
    fragment: `${DATA}&a=${DEEP}&a.train=${RATE}&b=${CURED}&b.train=${RATE}`,
    steps: 1000,
    height: 3500,
  },
  korean: {
    fragment:
      "v=1&data=mnist,samples:1000,testSamples:500&seed=1&epochs=8&a=conv:8,relu,kernel:3/maxPool:2/conv:16,relu,kernel:3,norm:batch/maxPool:2/dense:64,relu,dropout:0.4&a.train=adam,rate:0.003,batch:64",
    steps: 120,
    height: 3500,
    locale: "ko-KR",
    colorScheme: "dark",
  },
};

mkdirSync(OUT, { recursive: true });
const server = await preview({
  root: "apps/playground",
  build: { outDir: "../../dist/playground" },
  logLevel: "error",
});
const address = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env.GRADUS_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const [name, { fragment, steps, clip, height = 1000, locale = "en-GB", colorScheme = "light" }] of Object.entries(
  PICTURES,
)) {
  const context = await browser.newContext({ viewport: { width: 1280, height }, locale, colorScheme });
  const page = await context.newPage();
  await page.goto(`${address}#${fragment}`);
  await page.locator(".transport .engine dd", { hasText: /\d/ }).waitFor();
  await page.keyboard.press(" ");
  await page.waitForFunction(
    (wanted) => Number((document.querySelector(".transport dl dd")?.textContent ?? "").replace(/\D/g, "")) >= wanted,
    steps,
    { timeout: 120_000 },
  );
  await page.keyboard.press(" ");
  // what is judged and drawn at rest
  await page.waitForTimeout(3000);
  const path = `${OUT}/playground-${name}.png`;
  if (clip === undefined) await page.screenshot({ path, fullPage: true });
  else await page.locator(clip).screenshot({ path });
  console.log(path);
  await context.close();
}
await browser.close();
await server.close();
