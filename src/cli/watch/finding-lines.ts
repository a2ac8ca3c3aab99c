import { append } from "../../core/extremes.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { RunReader } from "../../runs/types.ts";
import { describeFinding } from "../../telling/describe.ts";
import { wrap } from "../../telling/report/columns.ts";
import type { Language } from "../../telling/texts/texts.ts";
import type { Course } from "../runs/course.ts";
import { plain } from "../runs/plain.ts";
import { type Line, span } from "./spans.ts";
import { WATCH_WORDS } from "./words.ts";

/** What is wrong with a run: findings with their strongest evidence, and warnings about its files, in at most `rows` lines. */
export function findingLines(
  { warnings, description }: RunReader,
  { step }: Course,
  findings: readonly Finding[],
  language: Language,
  columns: number,
  rows: number,
): readonly Line[] {
  const words = WATCH_WORDS[language];
  const types = new Map((description?.layers ?? []).map(({ path, type }) => [path, type]));
  const blocks = findings.map((finding): readonly Line[] => {
    const { name, place, evidence } = describeFinding(finding, language, types);
    const [first = "", ...others] = wrap(`${name} · ${plain(place)}`, columns, "  ", "! ").split("\n");
    const reason = evidence[0] === undefined ? [] : wrap(plain(evidence[0]), columns, "  ").split("\n");
    return [
      [span(first, "yellow")],
      ...others.map((text): Line => [span(text, "yellow")]),
      ...reason.map((text): Line => [span(text)]),
    ];
  });
  const notes = warnings.map((text): readonly Line[] =>
    wrap(plain(`${words.warning}: ${text}`), columns, "  ", "")
      .split("\n")
      .map((part): Line => [span(part, "yellow")]),
  );
  if (blocks.length === 0 && notes.length === 0) return step === 0 ? [] : [[], [span(words.noFindings, "dim")]];
  const heading: readonly Line[] = [[], ...(blocks.length === 0 ? [] : [[span(words.findings, "bold")]])];
  const lines: Line[] = [...heading];
  const all = [...blocks, ...notes];
  for (const [index, block] of all.entries()) {
    const isLast = index === all.length - 1;
    if (lines.length > heading.length && lines.length + block.length + (isLast ? 0 : 1) > rows) {
      lines.push([span(words.others({ count: all.length - index }), "dim")]);
      break;
    }
    append(lines, block);
  }
  return lines;
}
