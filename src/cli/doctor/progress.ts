import { oneLine } from "../../core/terminal-text.ts";
import type { ExamineEvent } from "../../doctor/examine.ts";
import { TEXTS } from "../../telling/texts/languages.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { formatDuration } from "../../train/progress.ts";
import { WORDS } from "./words.ts";

const ERASE_LINE = "\r\u001b[2K";
/** Milliseconds between two redraws. */
const REDRAW_MS = 100;

export interface ExamineProgress {
  readonly show: (event: ExamineEvent) => void;
  /** Erases the line. */
  readonly end: () => void;
}

/** Shows the progress of an examination: on a terminal, one line that is overwritten; elsewhere, one line per phase and remedy. */
export function examineProgress(
  stream: NodeJS.WriteStream,
  language: Language,
  isTerminal: boolean = stream.isTTY === true,
): ExamineProgress {
  const started = performance.now();
  let shownAt = 0;
  let last = "";
  return {
    show({ phase, done, prescription }) {
      if (phase === "done") return;
      const what = WORDS[language].phases[phase];
      const remedies = prescription?.remedies.map((name) => TEXTS[language].remedies[name].name).join(" + ");
      const text = remedies === undefined ? what : `${what}: ${remedies}`;
      const isNew = text !== last;
      const now = performance.now();
      if (!isNew && (!isTerminal || now - shownAt < REDRAW_MS)) return;
      [last, shownAt] = [text, now];
      const passed = formatDuration(now - started);
      if (!isTerminal) {
        stream.write(`${text} (${passed})\n`);
        return;
      }
      const share = done === undefined ? "" : `  ${Math.round(100 * done)} %`;
      stream.write(ERASE_LINE + oneLine(`${text}${share}  ${passed}`, stream.columns));
    },
    end() {
      if (isTerminal && last !== "") stream.write(ERASE_LINE);
    },
  };
}
