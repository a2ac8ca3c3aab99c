import type { Diagnosis } from "../../doctor/diagnosis.ts";
import type { Language } from "../../telling/texts/texts.ts";
import { EXIT } from "../exit-codes.ts";
import { saveText } from "../output.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";
import { WORDS } from "./words.ts";

export interface TellOptions {
  readonly lang: Language;
  readonly details: boolean;
  /** Path of the HTML page. */
  readonly html?: string | undefined;
  /** Fields of the JSON output besides those of the diagnosis. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Prints a diagnosis in the requested form and returns the exit status. */
export async function tell(terminal: Terminal, diagnosis: Diagnosis, options: TellOptions): Promise<number> {
  const { lang, details, html } = options;
  const { out } = terminal;
  if (terminal.isJson) {
    const { diagnosisJson } = await import("../../telling/report/json.ts");
    jsonLine(out, { ...(diagnosisJson(diagnosis, { lang }) as object), ...options.extra });
  } else {
    const { renderTerminal } = await import("../../telling/report/terminal.ts");
    const { NO_COLOR, FORCE_COLOR } = process.env;
    const color = !NO_COLOR && (out.isTTY === true || (FORCE_COLOR !== undefined && FORCE_COLOR !== "0"));
    const width = Math.min(100, Math.max(60, out.columns ?? 100));
    out.write(renderTerminal(diagnosis, { lang, details, color, width }));
  }
  if (html !== undefined) {
    const { renderHtml } = await import("../../telling/report/html.ts");
    await saveText(html, () => [renderHtml(diagnosis, { lang })]);
    if (!terminal.isJson) line(out, WORDS[lang].saved({ file: html }));
  }
  return diagnosis.findings.length === 0 ? EXIT.ok : EXIT.sick;
}
