import { existsSync } from "node:fs";
import { type Browser, launch } from "puppeteer-core";

/** The places to search for Firefox, besides `GRADUS_FIREFOX`. */
const PLACES = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** A running Firefox, driven by WebDriver BiDi, or the reason why there is none, with which tests that need one are skipped. */
export async function openFirefox(): Promise<Browser | string> {
  const { GRADUS_FIREFOX } = process.env;
  const executablePath = GRADUS_FIREFOX ?? PLACES.find(existsSync);
  if (executablePath === undefined) return `no Firefox: none of ${PLACES.join(", ")}; GRADUS_FIREFOX names another`;
  try {
    return await launch({ browser: "firefox", executablePath, headless: true, timeout: 60_000 });
  } catch (error) {
    return `${executablePath} does not start: ${(error as Error).message.split("\n")[0]}`;
  }
}
