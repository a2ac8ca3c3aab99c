import { page } from "../../../report/page.ts";
import { scrollBox } from "../../../report/scroll-box.ts";
import { escapeHtml } from "../../../report/svg.ts";
import { DOCTOR_CSS } from "../../../telling/report/html-style.ts";
import { fill } from "../../../telling/texts/fill.ts";
import { TEXTS } from "../../../telling/texts/languages.ts";
import { formatMeasure } from "../../../telling/texts/sentences.ts";
import type { Language } from "../../../telling/texts/texts.ts";
import type { RunRecord } from "../../../watch/record.ts";
import { DEPTH } from "../patients/batch-normalisation.ts";
import { formatTime } from "../progress.ts";
import type { Cure } from "../prove.ts";
import { DEMO_TEXTS } from "../texts/languages.ts";
import type { DemoTexts } from "../texts/texts.ts";
import { cureSection } from "./cure-section.ts";
import { DEMO_CSS } from "./style.ts";
import { togetherSection } from "./together-section.ts";

/** The circumstances in which a report was made. */
export interface ReportContext {
  readonly lang: Language;
  /** The networks saw only a small slice of the data. */
  readonly isQuick: boolean;
  readonly version: string;
  readonly backend: string;
  readonly machine: string;
  readonly cores: number;
  readonly node: string;
  readonly date: string;
  readonly seconds: number;
  /** The number of unseen images for the pairs, and for all six together. */
  readonly validation: number;
  readonly test: number;
}

/** The whole demonstration as one self-contained HTML page. */
export function renderReport(cures: readonly Cure[], together: RunRecord, context: ReportContext): string {
  const texts = DEMO_TEXTS[context.lang];
  const deep = cures.find(({ patient }) => patient.cure === "batch-normalisation")?.trial.control.runs[0];
  const sections = [
    header(cures, together, deep, context, texts),
    ...cures.map((cure, index) => cureSection(cure, index + 1, texts)),
    ...(deep === undefined ? [] : [togetherSection(deep, together, texts)]),
    methodSection(context, texts),
  ];
  return page({ language: context.lang, title: texts.title, css: `${DOCTOR_CSS}${DEMO_CSS}`, sections });
}

function header(
  cures: readonly Cure[],
  together: RunRecord,
  deep: RunRecord | undefined,
  { isQuick, lang }: ReportContext,
  texts: DemoTexts,
): string {
  const words = TEXTS[lang];
  const tile = (value: string, text: string) =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(fill(text, { depth: DEPTH }, words))}</span></div>`;
  const share = (run: RunRecord | undefined) =>
    run?.score === undefined ? "\u2013" : formatMeasure(run.score.value, "accuracy", words);
  const proven = cures.filter(({ trial }) => trial.verdict === "cured").length;
  return `<header>
<h1>${escapeHtml(texts.title)}</h1>
<p class="lead">${escapeHtml(texts.lead)}</p>
${isQuick ? `<p class="note">${escapeHtml(texts.quickNote)}</p>\n` : ""}<div class="tiles">
${tile(`${proven} / ${cures.length}`, texts.tileProven)}
${tile(share(deep), texts.tilePatient)}
${tile(share(together), texts.tileTogether)}
</div>
<nav aria-label="${escapeHtml(texts.contents)}"><h2>${escapeHtml(texts.contents)}</h2>
${summary(cures, texts)}</nav>
</header>`;
}

/** One row per cure, linked to its section. */
function summary(cures: readonly Cure[], texts: DemoTexts): string {
  const words = TEXTS[texts.language];
  const rows = cures.map((cure, index) => {
    const { patient, trial } = cure;
    const { name, patient: network } = texts.cures[patient.cure];
    const isProven = trial.verdict === "cured";
    const verdict = texts.result[isProven ? "proven" : "not-proven"];
    const means = [trial.control.mean, trial.treated.mean].map((each) => formatMeasure(each, trial.measure, words));
    const numbers = means.map((each) => `<td class="number">${escapeHtml(each)}</td>`);
    const about = `${network}${words.comma}${words.measures[trial.measure]}`;
    return `<tr><th scope="row"><a href="#${patient.cure}">${index + 1}. ${escapeHtml(name)}</a><small>${escapeHtml(about)}</small></th>${numbers.join("")}<td class="number" style="color: var(--${isProven ? "third" : "second"})">${escapeHtml(verdict)}</td></tr>`;
  });
  const heads = [texts.without, texts.with, words.phrases.result];
  return scrollBox(
    texts.contents,
    `<table>
<thead><tr><th scope="col">${escapeHtml(texts.remedyColumn)}</th>${heads.map((each) => `<th scope="col" class="number">${escapeHtml(each)}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`,
  );
}

function methodSection(context: ReportContext, texts: DemoTexts): string {
  const words = TEXTS[texts.language];
  const { version, backend, machine, cores, node, date, validation, test, seconds } = context;
  const gaps = { version, backend, machine, cores, node, date, validation, test, time: formatTime(seconds, texts) };
  const list = Object.values(texts.method).map(
    ({ name, text }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(fill(text, gaps, words))}</dd>`,
  );
  return `<section>
<h2>${escapeHtml(texts.methodTitle)}</h2>
<dl>${list.join("\n")}</dl>
</section>`;
}
