import { largest } from "../../core/extremes.ts";
import type { LoggedRun } from "../../files/logs/read-log.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { line, styled, type Terminal } from "../terminal.ts";
import { type TellOptions, tell } from "./tell.ts";
import { describeMeaning, WORDS } from "./words.ts";

/** The most names shown without --details. */
const MOST_NAMES = 12;

/** `gradus doctor --log FILE`: reads the log, applies the rules that it allows, and reports how each name was interpreted. */
export async function examineLogFile(
  terminal: Terminal,
  file: string,
  options: Omit<TellOptions, "extra">,
): Promise<number> {
  const [{ readLog }, { examineLog }] = await Promise.all([
    import("../../files/logs/read-log.ts"),
    import("../../doctor/examine.ts"),
  ]);
  const logged = await readLog(file);
  for (const warning of logged.warnings) {
    line(terminal.errors, `${styled(terminal.errors, "yellow", WORDS[options.lang].warning)}  ${warning}`);
  }
  const diagnosis = examineLog(logged.record, file);
  if (!terminal.isJson) line(terminal.out, `${howRead(file, logged, options.lang, options.details)}\n`);
  const { format, files, understood, ignored, warnings, record } = logged;
  const log = {
    format,
    files,
    steps: record.steps,
    epochs: record.epochs.length,
    understood: understood.map(({ name, meaning, points }) => ({ name, ...meaning, points })),
    ignored,
    warnings,
  };
  return tell(terminal, diagnosis, { ...options, extra: { log } });
}

function howRead(file: string, { record, understood, ignored }: LoggedRun, lang: Language, details: boolean): string {
  const words = WORDS[lang];
  const most = details ? Number.POSITIVE_INFINITY : MOST_NAMES;
  const named = understood.filter(({ meaning }) => meaning.kind !== "other" || details);
  const shown = named.slice(0, most);
  const width = Math.max(0, largest(shown.map(({ name }) => name.length)));
  const lines = shown.map(({ name, meaning }) => `  ${name.padEnd(width)}  ${describeMeaning(meaning, lang)}`);
  if (shown.length < named.length) lines.push(`  ${words.more({ count: named.length - shown.length })}`);
  if (ignored.length > 0) {
    const names = ignored.slice(0, most).join(", ");
    lines.push(`  ${words.ignored({ names: ignored.length > most ? `${names}, …` : names })}`);
  }
  return [words.read({ file, steps: record.steps, epochs: record.epochs.length }), ...lines].join("\n");
}
