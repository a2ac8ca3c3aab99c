import { examineLog } from "../../doctor/examine.ts";
import { openRun } from "../../runs/open-run.ts";
import { plain } from "../runs/plain.ts";
import { line, styled, type Terminal } from "../terminal.ts";
import { type TellOptions, tell } from "./tell.ts";
import { WORDS } from "./words.ts";

/** `gradus doctor RUN`: applies the rules to what a run has recorded so far, and reports. No training is made. */
export async function examineRun(
  terminal: Terminal,
  folder: string,
  options: Omit<TellOptions, "extra">,
): Promise<number> {
  const words = WORDS[options.lang];
  const { out, errors } = terminal;
  const reader = openRun(folder);
  for (const warning of reader.warnings) line(errors, `${styled(errors, "yellow", words.warning)}  ${warning}`);
  const record = reader.toRecord();
  const name = plain(reader.name);
  if (!terminal.isJson) {
    line(out, `${words.read({ file: plain(folder), steps: record.steps, epochs: record.epochs.length })}\n`);
  }
  const run = { folder, name: reader.name, status: reader.status, steps: record.steps, epochs: record.epochs.length };
  return tell(terminal, examineLog(record, name), { ...options, extra: { run } });
}
