import { checkOptions } from "../../core/fields.ts";
import type { Diagnosis, Trial, Verdict } from "../../doctor/diagnosis.ts";
import type { Finding, Prescription } from "../../doctor/finding.ts";
import { type FigureWidth, figure, page } from "../../report/page.ts";
import { scrollBox } from "../../report/scroll-box.ts";
import { escapeHtml } from "../../report/svg.ts";
import { fill } from "../texts/fill.ts";
import { TEXTS } from "../texts/languages.ts";
import { evidenceSentence, findingLine, formatGain, formatSpread } from "../texts/sentences.ts";
import type { Language, Texts } from "../texts/texts.ts";
import { chartArms } from "./arms.ts";
import { lossCurves, scoreCurves } from "./curves.ts";
import { difference } from "./difference.ts";
import { LANGUAGE, requireDiagnosis } from "./fields.ts";
import { type Drawing, gradientByLayer, gradientThroughTime } from "./gradients.ts";
import { histogramTable } from "./histograms.ts";
import { DOCTOR_CSS } from "./html-style.ts";
import { metricOf } from "./json.ts";
import {
  type Article,
  articles,
  basisLine,
  byProblem,
  cutLine,
  decidingTrial,
  layerTypes,
  lookedAt,
  mainPrescription,
  problemNames,
  remedyNames,
  runCells,
  runTitles,
  trialNotes,
} from "./parts.ts";

const VERDICT_ROLES = {
  healthy: "third",
  undecided: "second",
  "too-little-logged": "second",
  cured: "third",
  "not-tried": "second",
  "not-proven": "second",
  "not-curable": "second",
} as const satisfies Record<Verdict, string>;

/** Renders a diagnosis as one self-contained HTML page for screen (light and dark, wide and narrow) and paper.
 *  @param lang default en. */
export function renderHtml(diagnosis: Diagnosis, options: { readonly lang?: Language } = {}): string {
  requireDiagnosis("renderHtml", diagnosis);
  checkOptions<typeof options>("renderHtml", options, { lang: LANGUAGE });
  const { lang = "en" } = options;
  const texts = TEXTS[lang];
  const { phrases, verdicts } = texts;
  const title = diagnosis.name ?? phrases.diagnosis;
  const explained = articles(diagnosis, texts);
  const sections = [
    header(diagnosis, title, texts),
    findingsSection(phrases.findings, diagnosis.findings, "", diagnosis, texts),
    prescriptionSection(diagnosis, texts),
    trialsSection(diagnosis, texts),
    chartsSection(diagnosis, texts),
    findingsSection(phrases.remarks, diagnosis.remarks, phrases.remarksMeaning, diagnosis, texts),
    otherPrescriptions(diagnosis, texts),
    runsSection(diagnosis, texts),
    articlesSection(phrases.aboutProblems, explained.problems),
    articlesSection(phrases.aboutRemedies, explained.remedies),
    `<p class="muted">${escapeHtml(fill(phrases.seconds, { seconds: Number(diagnosis.seconds.toPrecision(2)) }, texts))}</p>`,
  ];
  return page({
    language: lang,
    title: `${title}: ${verdicts[diagnosis.verdict].name}`,
    css: DOCTOR_CSS,
    sections: sections.filter((section) => section !== ""),
  });
}

function header(diagnosis: Diagnosis, title: string, texts: Texts): string {
  const { verdict } = diagnosis;
  const { name, text } = texts.verdicts[verdict];
  const limits = cutLine(diagnosis, texts).map((line) => `<p class="note">${escapeHtml(line)}</p>\n`);
  const facts = lookedAt(diagnosis, texts).map((line) => `<p>${escapeHtml(line)}</p>`);
  return `<header>
<h1>${escapeHtml(title)}</h1>
<p class="lead"><b class="verdict" style="--role: var(--${VERDICT_ROLES[verdict]})">${escapeHtml(name)}</b> ${escapeHtml(text)}</p>
${limits.join("")}${tiles(diagnosis, texts)}
${facts.join("\n")}
</header>`;
}

/** The numbers that the proof rests on. */
function tiles(diagnosis: Diagnosis, texts: Texts): string {
  const trial = decidingTrial(diagnosis);
  if (trial === undefined) return "";
  const { measure, control, treated, gain, needed } = trial;
  const { phrases, measures } = texts;
  const tile = (value: string, text: string) =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(text)}</span></div>`;
  const name = measures[measure];
  return `<div class="tiles">
${tile(formatSpread(control.mean, control.deviation, measure, texts), `${name}${texts.comma}${phrases.untouched}`)}
${tile(formatSpread(treated.mean, treated.deviation, measure, texts), `${name}${texts.comma}${phrases.treated}`)}
${tile(formatGain(gain, measure, texts), `${phrases.gain} (${phrases.needed}: ${formatGain(needed, measure, texts)})`)}
</div>`;
}

function findingsSection(
  title: string,
  findings: readonly Finding[],
  meaning: string,
  diagnosis: Diagnosis,
  texts: Texts,
): string {
  if (findings.length === 0) return "";
  const metric = metricOf(diagnosis);
  const types = layerTypes(diagnosis);
  const body = ({ evidence, source }: Finding) => `<ul>
${evidence.map((each) => `<li>${escapeHtml(evidenceSentence(each, texts, metric))}</li>`).join("\n")}
</ul>
<small>${escapeHtml(fill(texts.phrases.rule, { source }, texts))}</small>`;
  const place = (finding: Finding) => escapeHtml(findingLine(finding, types, texts));
  const cards = byProblem(findings).map(
    ([first, ...others]) => `<article class="card">
<h3>${escapeHtml(texts.problems[first.problem].name)} <small>${place(first)}</small></h3>
${[body(first), ...others.map((each) => `<h4>${place(each)}</h4>\n${body(each)}`)].join("\n")}
</article>`,
  );
  const words = meaning === "" ? "" : `<p class="muted">${escapeHtml(meaning)}</p>\n`;
  return `<h2>${escapeHtml(title)}</h2>\n${words}${cards.join("\n")}`;
}

function prescriptionSection(diagnosis: Diagnosis, texts: Texts): string {
  const prescription = mainPrescription(diagnosis);
  if (prescription === undefined) return "";
  const { phrases } = texts;
  const isUntried = decidingTrial(diagnosis) === undefined && prescription.settings !== undefined;
  const note = isUntried ? `<p class="note">${escapeHtml(phrases.noTrial)}</p>` : "";
  return `<h2>${escapeHtml(phrases.prescription)}</h2>\n${prescriptionCard(prescription, texts)}\n${note}`;
}

function prescriptionCard(prescription: Prescription, texts: Texts): string {
  const { phrases } = texts;
  const against = fill(phrases.against, { problems: problemNames(prescription.against, texts) }, texts);
  const basis = basisLine(prescription, texts);
  return `<article class="card">
<h3>${escapeHtml(remedyNames(prescription, texts))} <small>${escapeHtml(against)}</small></h3>
${prescription.settings === undefined ? `<p>${escapeHtml(phrases.adviceOnly)}</p>` : difference(prescription, texts)}
${basis === undefined ? "" : `<small>${escapeHtml(basis)}</small>`}
</article>`;
}

function trialsSection({ trials }: Diagnosis, texts: Texts): string {
  if (trials.length === 0) return "";
  const { phrases } = texts;
  const titles = [phrases.untouched, phrases.treated, phrases.gain, phrases.needed];
  return `<h2>${escapeHtml(trials.length === 1 ? phrases.proof : phrases.trials)}</h2>
<p class="muted">${escapeHtml(phrases.trialOrder)}</p>
${scrollBox(
  phrases.trials,
  `<table>
<thead><tr><th scope="col">${escapeHtml(phrases.prescription)}</th>${titles.map((title) => `<th scope="col" class="number">${escapeHtml(title)}</th>`).join("")}<th scope="col">${escapeHtml(phrases.result)}</th></tr></thead>
<tbody>
${trials.map((trial) => trialRow(trial, texts)).join("\n")}
</tbody>
</table>`,
)}`;
}

function trialRow(trial: Trial, texts: Texts): string {
  const { phrases, measures } = texts;
  const { prescription, measure, control, treated, gain, needed, verdict } = trial;
  const pairs = Math.min(control.runs.length, treated.runs.length);
  const numbers = [
    formatSpread(control.mean, control.deviation, measure, texts),
    formatSpread(treated.mean, treated.deviation, measure, texts),
    formatGain(gain, measure, texts),
    formatGain(needed, measure, texts),
  ];
  const notes = [`${measures[measure]}; ${fill(phrases.seeds, { count: pairs }, texts)}.`, ...trialNotes(trial, texts)];
  return `<tr${verdict === "cured" ? ' class="best"' : ""}>
<th scope="row">${escapeHtml(remedyNames(prescription, texts))}<small>${escapeHtml(notes.join(" "))}</small></th>
${numbers.map((number) => `<td class="number">${escapeHtml(number)}</td>`).join("")}
<td>${escapeHtml(verdict === "cured" ? phrases.proven : phrases.notProven)}</td>
</tr>`;
}

function chartsSection(diagnosis: Diagnosis, texts: Texts): string {
  const arms = chartArms(diagnosis, texts);
  if (arms.length === 0) return "";
  const drawn = ({ title, chart, caption }: Drawing, width: FigureWidth) =>
    figure(title, chart, texts.phrases, { caption: escapeHtml(caption), width });
  const curves = [...lossCurves(diagnosis, arms, texts), ...scoreCurves(arms, texts)];
  const histograms = histogramTable(arms, texts);
  const parts = [
    ...gradientByLayer(arms, texts).map((each) => drawn(each, "whole")),
    ...gradientThroughTime(arms, texts).map((each) => drawn(each, "whole")),
    ...(curves.length === 0 ? [] : [`<div class="pair">${curves.map((each) => drawn(each, "half")).join("\n")}</div>`]),
    ...(histograms === undefined ? [] : [`<h3>${escapeHtml(texts.phrases.histograms)}</h3>\n${histograms}`]),
  ];
  return parts.length === 0 ? "" : `<h2>${escapeHtml(texts.phrases.charts)}</h2>\n${parts.join("\n")}`;
}

function otherPrescriptions(diagnosis: Diagnosis, texts: Texts): string {
  const main = mainPrescription(diagnosis);
  const others = diagnosis.prescriptions.filter((each) => each !== main);
  if (others.length === 0) return "";
  const cards = others.map((each) => prescriptionCard(each, texts));
  return `<h2>${escapeHtml(texts.phrases.otherPrescriptions)}</h2>\n${cards.join("\n")}`;
}

function runsSection(diagnosis: Diagnosis, texts: Texts): string {
  const arms = chartArms(diagnosis, texts);
  if (arms.length === 0) return "";
  const titles = runTitles(texts).map((title) => `<th scope="col" class="number">${escapeHtml(title)}</th>`);
  const rows = arms.flatMap(({ name, runs }) =>
    runs.map((run) => {
      const [cells, notes] = [runCells(run, texts), run.failure === undefined ? [] : runCells(run, texts).slice(-1)];
      const numbers = cells.slice(0, titles.length).map((cell) => `<td class="number">${escapeHtml(cell)}</td>`);
      const note = notes.map((each) => `<small>${escapeHtml(each)}</small>`);
      return `<tr><th scope="row">${escapeHtml(name)}${note.join("")}</th>${numbers.join("")}</tr>`;
    }),
  );
  return `<h2>${escapeHtml(texts.phrases.runs)}</h2>
${scrollBox(
  texts.phrases.runs,
  `<table>
<thead><tr><th scope="col">${escapeHtml(texts.phrases.arm)}</th>${titles.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`,
)}`;
}

function articlesSection(title: string, explained: readonly Article[]): string {
  if (explained.length === 0) return "";
  const parts = explained.map(
    ({ name, text, paper }) =>
      `<h3>${escapeHtml(name)}</h3>\n<p>${escapeHtml(text)} <small>${escapeHtml(paper)}</small></p>`,
  );
  return `<h2>${escapeHtml(title)}</h2>\n${parts.join("\n")}`;
}
