import type { Finding } from "../../doctor/finding.ts";
import type { RunReader } from "../../runs/types.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { drawRun } from "./picture.ts";
import { drawLine } from "./spans.ts";

/** The size of a terminal that does not report one, as of a pipe. */
const USUAL = { columns: 80, rows: 40 } as const;
/** Below this there is nothing to see. */
const LEAST = { columns: 30, rows: 6 } as const;

/** The picture of a run at a terminal's size, as lines for `line()` or a `Screen`.
 *  @param rows default: those of the terminal. */
export function frameOf(
  stream: NodeJS.WriteStream,
  reader: RunReader,
  findings: readonly Finding[],
  language: Language,
  rows: number = stream.rows || USUAL.rows,
): readonly string[] {
  // the last column stays free: some terminals wrap when it is written
  const columns = Math.max(LEAST.columns, (stream.columns || USUAL.columns) - 1);
  const size = { columns, rows: Math.max(LEAST.rows, rows) };
  return drawRun(reader, findings, { ...size, language, now: Date.now() }).map((each) =>
    drawLine(stream, each, columns),
  );
}
