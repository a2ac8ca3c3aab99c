import { COUNT, checkOptions, type Fields, FLAG } from "../../core/fields.ts";
import { nodeModule } from "../../core/host.ts";
import { ownSequences, shown } from "../../core/terminal-text.ts";
import type { Diagnosis, Verdict } from "../../doctor/diagnosis.ts";
import type { Prescription } from "../../doctor/finding.ts";
import { fill } from "../texts/fill.ts";
import { TEXTS } from "../texts/languages.ts";
import { formatNumber } from "../texts/numbers.ts";
import type { Language } from "../texts/texts.ts";
import { wrap } from "./columns.ts";
import { LANGUAGE, requireDiagnosis } from "./fields.ts";
import { metricOf } from "./json.ts";
import {
  byProblem,
  cutLine,
  decidingTrial,
  layerTypes,
  lookedAt,
  mainPrescription,
  problemNames,
  remedyNames,
} from "./parts.ts";
import { detailSections } from "./terminal-details.ts";
import { findingText, heading, prescriptionBody, type Style, trialText, type Writer } from "./terminal-parts.ts";

export interface TerminalOptions {
  readonly lang?: Language;
  /** All evidence, runs and trials, and one paragraph with a paper on each problem and remedy. Default false. */
  readonly details?: boolean;
  /** Use escape sequences for bold and colours. Default false. */
  readonly color?: boolean;
  /** Width in columns. Default 100. */
  readonly width?: number;
}

const FIELDS: Fields<TerminalOptions> = { lang: LANGUAGE, details: FLAG, color: FLAG, width: COUNT };

const VERDICT_STYLE = {
  healthy: ["bold", "green"],
  undecided: ["bold", "yellow"],
  "too-little-logged": ["bold", "yellow"],
  cured: ["bold", "green"],
  "not-tried": ["bold", "yellow"],
  "not-proven": ["bold", "yellow"],
  "not-curable": ["bold", "red"],
} as const satisfies Record<Verdict, Style>;

/** Problems that are shown before "and n more". */
const MOST_FINDINGS = 3;

/** Renders a diagnosis for a quick read on the terminal: verdict, findings with their strongest evidence, the prescription as changes
 *  to the settings, and the proof. */
export function renderTerminal(diagnosis: Diagnosis, options: TerminalOptions = {}): string {
  requireDiagnosis("renderTerminal", diagnosis);
  checkOptions<TerminalOptions>("renderTerminal", options, FIELDS);
  const { lang = "en", details = false, color = false, width = 100 } = options;
  const texts = TEXTS[lang];
  const writer: Writer = {
    texts,
    width,
    metric: metricOf(diagnosis),
    types: layerTypes(diagnosis),
    style: (style, text) => (color ? ownSequences(styleText(style, text)) : text),
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
  return shown(`${sections.filter((section) => section !== "").join("\n\n")}\n`);
}

function verdictSection(diagnosis: Diagnosis, { texts, style, width }: Writer): string {
  const { verdict, name } = diagnosis;
  const article = texts.verdicts[verdict];
  const limits = cutLine(diagnosis, texts).map((line) => style("yellow", wrap(line, width)));
  const title = style(VERDICT_STYLE[verdict], article.name) + (name === undefined ? "" : ` \u00b7 ${name}`);
  return [title, wrap(article.text, width), ...limits].join("\n");
}

function findingsSection({ findings }: Diagnosis, details: boolean, writer: Writer): string {
  const { texts } = writer;
  const problems = byProblem(findings);
  const listed = details ? problems : problems.slice(0, MOST_FINDINGS);
  const rest = problems.length - listed.length;
  return [
    heading(texts.phrases.findings, writer),
    ...listed.map((group, index) => findingText(group, `${index + 1}. `, details, writer)),
    ...(rest > 0 ? [`   ${fill(texts.phrases.andOthers, { count: rest }, texts)}`] : []),
  ].join("\n");
}

function healthySection(diagnosis: Diagnosis, { texts, width }: Writer): string {
  return lookedAt(diagnosis, texts)
    .map((line) => wrap(line, width))
    .join("\n");
}

function prescriptionSection(prescription: Prescription, writer: Writer): string {
  const { texts, width } = writer;
  const against = fill(texts.phrases.against, { problems: problemNames(prescription.against, texts) }, texts);
  const title = `${heading(texts.phrases.prescription, writer)}: ${remedyNames(prescription, texts)}${texts.comma}${against}`;
  return [wrap(title, width, "   ", ""), prescriptionBody(prescription, writer)].join("\n");
}

function proofSection(diagnosis: Diagnosis, writer: Writer): string {
  const { texts, width } = writer;
  const trial = decidingTrial(diagnosis);
  if (trial !== undefined) return trialText(texts.phrases.proof, trial, writer);
  const isAdvice = mainPrescription(diagnosis)?.settings === undefined;
  return isAdvice ? "" : wrap(texts.phrases.noTrial, width);
}

function endSection({ seconds }: Diagnosis, details: boolean, { texts, width, style }: Writer): string {
  const time = fill(texts.phrases.seconds, { seconds: formatNumber(Number(seconds.toPrecision(2))) }, texts);
  return style("dim", wrap(details ? time : `${time} ${texts.phrases.moreDetails}`, width));
}

/** Text in one of Node's styles; unchanged on hosts without `node:util`. */
function styleText(style: Style, text: string): string {
  const util = nodeModule<{ styleText(style: Style, text: string, options: object): string }>("node:util");
  return util?.styleText(style, text, { validateStream: false }) ?? text;
}
