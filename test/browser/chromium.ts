import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** The places to search for Chromium, besides `GRADUS_CHROMIUM`. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** A running Chromium, or the reason why there is none, with which tests that need one are skipped. */
export async function openChromium(): Promise<Browser | string> {
  const { GRADUS_CHROMIUM } = process.env;
  const executablePath = GRADUS_CHROMIUM ?? PLACES.find(existsSync);
  if (executablePath === undefined) return `no Chromium: none of ${PLACES.join(", ")}; GRADUS_CHROMIUM names another`;
  try {
    // a container without user namespaces has no sandbox; the pages are our own
    return await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: 60_000 });
  } catch (error) {
    return `${executablePath} does not start: ${(error as Error).message.split("\n")[0]}`;
  }
}
