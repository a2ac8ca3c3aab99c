import type { Trial } from "../../doctor/diagnosis.ts";
import type { Finding, Prescription } from "../../doctor/finding.ts";
import { fill } from "../texts/fill.ts";
import { evidenceSentence, findingLine, formatGain, formatSpread } from "../texts/sentences.ts";
import type { Texts } from "../texts/texts.ts";
import { alignColumns, wrap } from "./columns.ts";
import { basisLine, changeLines, trialNotes } from "./parts.ts";

type StyleName = "reset" | "bold" | "dim" | "red" | "green" | "yellow";

/** Styles, named as in Node's `styleText`. */
export type Style = StyleName | StyleName[];

/** Texts, width and colours of a report. */
export interface Writer {
  readonly texts: Texts;
  readonly width: number;
  readonly metric: string | undefined;
  /** Types of layers, by path. */
  readonly types: ReadonlyMap<string, string>;
  readonly style: (style: Style, text: string) => string;
}

export function heading(text: string, { style }: Writer): string {
  return style("bold", text);
}

/** A problem: layer, first step and the strongest evidence. With details: each of its findings with all evidence and the source of
 *  the rule. */
export function findingText(
  [first, ...others]: readonly [Finding, ...Finding[]],
  mark: string,
  details: boolean,
  writer: Writer,
): string {
  const { texts, width, metric, types, style } = writer;
  const indent = " ".repeat(mark.length);
  const name = style("bold", texts.problems[first.problem].name);
  const body = (finding: Finding) => [
    ...finding.evidence
      .slice(0, details ? undefined : 1)
      .map((each) => wrap(evidenceSentence(each, texts, metric), width, indent)),
    ...(details
      ? [style("dim", wrap(fill(texts.phrases.rule, { source: finding.source }, texts), width, indent))]
      : []),
  ];
  const also = (finding: Finding) => wrap(`\u00b7 ${findingLine(finding, types, texts)}`, width, indent);
  return [
    wrap(`${name} \u00b7 ${findingLine(first, types, texts)}`, width, indent, mark),
    ...body(first),
    ...(details ? others.flatMap((each) => [also(each), ...body(each)]) : []),
  ].join("\n");
}

const CHANGE_STYLE: Readonly<Record<string, Style>> = { "~": "yellow", "+": "green", "-": "red" };

/** The changes that a prescription makes, or a note that it is advice only. */
export function prescriptionBody(prescription: Prescription, { texts, width, style }: Writer): string {
  if (prescription.settings === undefined) return wrap(texts.phrases.adviceOnly, width, "   ");
  const basis = basisLine(prescription, texts);
  return [
    ...changeLines(prescription, texts).map((line) => style(CHANGE_STYLE[line.charAt(0)] ?? "reset", `   ${line}`)),
    ...(basis === undefined ? [] : [style("dim", wrap(basis, width, "   "))]),
  ].join("\n");
}

/** What a trial compared, over how many runs, and the outcome. */
export function trialText(title: string, trial: Trial, writer: Writer): string {
  const { texts, width, style } = writer;
  const { phrases, measures } = texts;
  const { measure, control, treated, gain, needed, verdict } = trial;
  const outcome = style(
    verdict === "cured" ? "green" : "yellow",
    verdict === "cured" ? phrases.proven : phrases.notProven,
  );
  const written = (value: number) => formatGain(value, measure, texts);
  const sentence = fill(phrases.gainSentence, { gain: written(gain), needed: written(needed) }, texts);
  const pairs = Math.min(control.runs.length, treated.runs.length);
  return [
    `${heading(title, writer)}: ${outcome}`,
    alignColumns(
      [
        ["", `${measures[measure]} (${phrases.meanAndSpread})`],
        [phrases.untouched, formatSpread(control.mean, control.deviation, measure, texts)],
        [phrases.treated, formatSpread(treated.mean, treated.deviation, measure, texts)],
      ],
      "   ",
    ),
    wrap(`${sentence} (${fill(phrases.seeds, { count: pairs }, texts)})`, width, "   "),
    ...trialNotes(trial, texts).map((note) => wrap(note, width, "   ")),
  ].join("\n");
}
