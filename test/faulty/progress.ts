import { basename } from "node:path";
import type { WriteStream } from "node:tty";
import type { ExamineEvent } from "../../src/doctor/examine.ts";

/** A line that is overwritten; nothing if the stream is not a terminal. */
export interface ProgressLine {
  show(where: string, file: string, event: ExamineEvent): void;
  clear(): void;
}

const CLEAR = "\r\u001b[K";

export function progressLine(stream: WriteStream): ProgressLine {
  if (!stream.isTTY) return { show() {}, clear() {} };
  return {
    show(where, file, { phase, done, prescription }) {
      const share = done === undefined ? "" : ` ${Math.floor(100 * done)} %`;
      const remedies = prescription === undefined ? "" : ` ${prescription.remedies.join(" + ")}`;
      stream.write(`${CLEAR}${where}${basename(file, ".json")}: ${phase}${remedies}${share}`);
    },
    clear() {
      stream.write(CLEAR);
    },
  };
}
