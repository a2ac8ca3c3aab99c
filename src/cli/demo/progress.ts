import { oneLine } from "../../core/terminal-text.ts";
import { fill } from "../../telling/texts/fill.ts";
import { TEXTS } from "../../telling/texts/languages.ts";
import { renderBar } from "../../train/progress.ts";
import type { DemoTexts } from "./texts/texts.ts";

const ERASE_LINE = "\r\u001b[2K";
/** Milliseconds between two redraws. */
const REDRAW_MS = 100;

/** "5 s", "1 min 05 s", in the reader's language. */
export function formatTime(seconds: number, texts: DemoTexts): string {
  const whole = Math.max(0, Math.round(seconds));
  const words = TEXTS[texts.language];
  if (whole < 60) return fill(texts.seconds, { seconds: whole }, words);
  return fill(texts.minutes, { minutes: Math.floor(whole / 60), seconds: String(whole % 60).padStart(2, "0") }, words);
}

/** Shows progress and remaining time on a terminal; elsewhere nothing. */
export class Meter {
  readonly #stream: NodeJS.WriteStream;
  readonly #texts: DemoTexts;
  readonly #isShown: boolean;
  readonly #started = performance.now();
  #shownAt = 0;

  constructor(stream: NodeJS.WriteStream, texts: DemoTexts, isShown: boolean) {
    this.#stream = stream;
    this.#texts = texts;
    this.#isShown = isShown && stream.isTTY === true;
  }

  /** @param done the completed share, 0 to 1. */
  show(done: number): void {
    const now = performance.now();
    if (!this.#isShown || now - this.#shownAt < REDRAW_MS) return;
    this.#shownAt = now;
    const passed = (now - this.#started) / 1000;
    const time = formatTime((passed * (1 - done)) / Math.max(done, 1e-3), this.#texts);
    // too early for an estimate
    const left = done < 0.02 ? "" : `  ${fill(this.#texts.left, { time }, TEXTS[this.#texts.language])}`;
    const text = `  ${renderBar(done)} ${String(Math.round(100 * done)).padStart(3)} %${left}`;
    this.#stream.write(ERASE_LINE + oneLine(text, this.#stream.columns));
  }

  /** Erases the line, so that other lines can be written. */
  clear(): void {
    if (this.#isShown) this.#stream.write(ERASE_LINE);
    this.#shownAt = 0;
  }
}
