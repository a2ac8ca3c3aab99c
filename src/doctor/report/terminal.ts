import { styleText } from "node:util";
import type { Diagnosis, Trial, Verdict } from "../diagnosis.ts";
import type { Finding, Prescription } from "../finding.ts";
import { fill } from "../texts/fill.ts";
import { TEXTS } from "../texts/languages.ts";
import { formatNumber } from "../texts/numbers.ts";
import { evidenceSentence, findingLine, formatMeasure } from "../texts/sentences.ts";
import type { Language, Texts } from "../texts/texts.ts";
import { alignColumns, wrap } from "./columns.ts";
import { metricOf } from "./json.ts";
import {
  armText,
  articles,
  basisLine,
  changeLines,
  decidingTrial,
  lookedAt,
  mainPrescription,
  problemNames,
  remedyNames,
  runCells,
  runTitles,
  type ToldArticle,
  trialNotes,
} from "./parts.ts";

export interface TerminalOptions {
  readonly lang?: Language;
  /** All evidence, runs and trials, a paragraph on each problem and remedy, with its paper. Default false. */
  readonly details?: boolean;
  /** Escape sequences for bold and colours. Default false. */
  readonly color?: boolean;
  /** Columns. Default 100. */
  readonly width?: number;
}

type Style = Parameters<typeof styleText>[0];

interface Writer {
  readonly texts: Texts;
  readonly width: number;
  readonly metric: string | undefined;
  readonly style: (style: Style, text: string) => string;
}

const VERDICT_STYLE = {
  healthy: ["bold", "green"],
  cured: ["bold", "green"],
  "not-proven": ["bold", "yellow"],
  "not-curable": ["bold", "red"],
} as const satisfies Record<Verdict, Style>;

/** Findings that are told before "and n more". */
const MOST_FINDINGS = 3;

/** A diagnosis that a person can read in ten seconds: verdict, findings with their strongest evidence, the prescription as a
 *  difference of the settings, and the proof. */
export function renderTerminal(diagnosis: Diagnosis, options: TerminalOptions = {}): string {
  const { lang = "en", details = false, color = false, width = 100 } = options;
  const texts = TEXTS[lang];
  const writer: Writer = {
    texts,
    width,
    metric: metricOf(diagnosis),
    style: (style, text) => (color ? styleText(style, text, { validateStream: false }) : text),
  };
  const prescription = mainPrescription(diagnosis);
  const sections = [
    verdictSection(diagnosis, writer),
    diagnosis.findings.length > 0 ? findingsSection(diagnosis, details, writer) : healthySection(diagnosis, writer),
    ...(prescription === undefined ? [] : [prescriptionSection(prescription, writer)]),
    ...(diagnosis.findings.length > 0 ? [proofSection(diagnosis, writer)] : []),
    ...(details ? detailSections(diagnosis, writer) : []),
    endSection(diagnosis, details, writer),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function heading(text: string, { style }: Writer): string {
  return style("bold", text);
}

function verdictSection({ verdict, name }: Diagnosis, { texts, style, width }: Writer): string {
  const article = texts.verdicts[verdict];
  const title = style(VERDICT_STYLE[verdict], article.name) + (name === undefined ? "" : ` \u00b7 ${name}`);
  return `${title}\n${wrap(article.text, width)}`;
}

function findingsSection({ findings }: Diagnosis, details: boolean, writer: Writer): string {
  const { texts } = writer;
  const told = details ? findings : findings.slice(0, MOST_FINDINGS);
  const rest = findings.length - told.length;
  return [
    heading(texts.phrases.findings, writer),
    ...told.map((finding, index) => findingText(finding, `${index + 1}. `, details, writer)),
    ...(rest > 0 ? [`   ${fill(texts.phrases.andOthers, { count: rest }, texts)}`] : []),
  ].join("\n");
}

function findingText(finding: Finding, mark: string, details: boolean, writer: Writer): string {
  const { texts, width, metric, style } = writer;
  const title = style("bold", texts.problems[finding.problem].name);
  const indent = " ".repeat(mark.length);
  const evidence = details ? finding.evidence : finding.evidence.slice(0, 1);
  return [
    wrap(`${title} \u00b7 ${findingLine(finding, texts)}`, width, indent, mark),
    ...evidence.map((each) => wrap(evidenceSentence(each, texts, metric), width, indent)),
    ...(details
      ? [style("dim", wrap(fill(texts.phrases.rule, { source: finding.source }, texts), width, indent))]
      : []),
  ].join("\n");
}

function healthySection(diagnosis: Diagnosis, { texts, width }: Writer): string {
  const lines = [
    ...lookedAt(diagnosis, texts),
    ...(diagnosis.verdict === "healthy" ? [texts.phrases.nothingFound] : []),
  ];
  return lines.map((line) => wrap(line, width)).join("\n");
}

function prescriptionSection(prescription: Prescription, writer: Writer): string {
  const { texts, width } = writer;
  const against = fill(texts.phrases.against, { problems: problemNames(prescription.against, texts) }, texts);
  const title = `${heading(texts.phrases.prescription, writer)}: ${remedyNames(prescription, texts)}${texts.comma}${against}`;
  return [wrap(title, width, "   ", ""), prescriptionBody(prescription, writer)].join("\n");
}

/** The difference, or that there is none. */
function prescriptionBody(prescription: Prescription, { texts, width, style }: Writer): string {
  if (prescription.settings === undefined) return wrap(texts.phrases.adviceOnly, width, "   ");
  const basis = basisLine(prescription, texts);
  return [
    ...prescription.changes
      .flatMap(changeLines)
      .map(({ sign, text }) => style(sign === "-" ? "red" : "green", `   ${sign} ${text}`)),
    ...(basis === undefined ? [] : [style("dim", wrap(basis, width, "   "))]),
  ].join("\n");
}

function proofSection(diagnosis: Diagnosis, writer: Writer): string {
  const { texts, width } = writer;
  const trial = decidingTrial(diagnosis);
  if (trial !== undefined) return trialText(texts.phrases.proof, trial, writer);
  const isAdvice = mainPrescription(diagnosis)?.settings === undefined;
  return isAdvice ? "" : wrap(texts.phrases.noTrial, width);
}

function trialText(title: string, trial: Trial, writer: Writer): string {
  const { texts, width, style } = writer;
  const { phrases, measures } = texts;
  const { measure, control, treated, gain, needed, verdict } = trial;
  const outcome = style(
    verdict === "cured" ? "green" : "yellow",
    verdict === "cured" ? phrases.proven : phrases.notProven,
  );
  const told = (value: number) => formatMeasure(value, measure, texts);
  const sentence = fill(phrases.gainSentence, { gain: told(gain), needed: told(needed) }, texts);
  const pairs = Math.min(control.runs.length, treated.runs.length);
  return [
    `${heading(title, writer)}: ${outcome}`,
    alignColumns(
      [
        ["", `${measures[measure]} (${phrases.meanAndSpread})`],
        [phrases.untouched, armText(control, measure, texts)],
        [phrases.treated, armText(treated, measure, texts)],
      ],
      "   ",
    ),
    wrap(`${sentence} (${fill(phrases.seeds, { count: pairs }, texts)})`, width, "   "),
    ...trialNotes(trial, texts).map((note) => wrap(note, width, "   ")),
  ].join("\n");
}

function detailSections(diagnosis: Diagnosis, writer: Writer): readonly string[] {
  const { texts, width } = writer;
  const { phrases } = texts;
  const { remarks, runs, trials, prescriptions, findings } = diagnosis;
  const main = mainPrescription(diagnosis);
  const others = prescriptions.filter((each) => each !== main);
  const told = articles(diagnosis, texts);
  return [
    ...(remarks.length === 0
      ? []
      : [
          [
            heading(phrases.remarks, writer),
            wrap(phrases.remarksMeaning, width, "   "),
            ...remarks.map((each) => findingText(each, " - ", true, writer)),
          ].join("\n"),
        ]),
    ...(others.length === 0
      ? []
      : [
          [
            heading(phrases.otherPrescriptions, writer),
            ...others.map((each) => ` - ${remedyNames(each, texts)}\n${prescriptionBody(each, writer)}`),
          ].join("\n"),
        ]),
    ...(trials.length < 2
      ? []
      : [
          heading(phrases.trials, writer),
          ...trials.map((trial) => trialText(` - ${remedyNames(trial.prescription, texts)}`, trial, writer)),
        ]),
    ...(findings.length === 0
      ? []
      : [
          [
            heading(phrases.lookedAt, writer),
            ...lookedAt(diagnosis, texts).map((line) => wrap(line, width, "   ")),
          ].join("\n"),
        ]),
    ...armTables(diagnosis, runs, writer),
    articlesText(phrases.aboutProblems, told.problems, writer),
    articlesText(phrases.aboutRemedies, told.remedies, writer),
  ];
}

function armTables(diagnosis: Diagnosis, observed: Diagnosis["runs"], writer: Writer): readonly string[] {
  const { texts } = writer;
  const { phrases } = texts;
  const trial = decidingTrial(diagnosis);
  const arms = [
    [phrases.runs, observed],
    [`${phrases.runs}, ${phrases.untouched}`, trial?.control.runs ?? []],
    [`${phrases.runs}, ${phrases.treated}`, trial?.treated.runs ?? []],
  ] as const;
  return arms
    .filter(([, runs]) => runs.length > 0)
    .map(([title, runs]) =>
      [
        heading(title, writer),
        alignColumns([runTitles(texts), ...runs.map((run) => runCells(run, texts))], "   "),
      ].join("\n"),
    );
}

function articlesText(title: string, told: readonly ToldArticle[], writer: Writer): string {
  if (told.length === 0) return "";
  const { width, style } = writer;
  return [
    heading(title, writer),
    ...told.map(({ name, text, paper }) =>
      [` - ${style("bold", name)}`, wrap(text, width, "   "), style("dim", wrap(paper, width, "   "))].join("\n"),
    ),
  ].join("\n");
}

function endSection({ seconds }: Diagnosis, details: boolean, { texts, width, style }: Writer): string {
  const time = fill(texts.phrases.seconds, { seconds: formatNumber(Number(seconds.toPrecision(2))) }, texts);
  return style("dim", wrap(details ? time : `${time} ${texts.phrases.moreDetails}`, width));
}
