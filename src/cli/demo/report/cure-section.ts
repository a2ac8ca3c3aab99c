import type { TrialMeasure } from "../../../doctor/diagnosis.ts";
import { type FigureWidth, figure } from "../../../report/page.ts";
import { scrollBox } from "../../../report/scroll-box.ts";
import { escapeHtml } from "../../../report/svg.ts";
import { difference } from "../../../telling/report/difference.ts";
import type { Drawing } from "../../../telling/report/gradients.ts";
import { fill } from "../../../telling/texts/fill.ts";
import { TEXTS } from "../../../telling/texts/languages.ts";
import { formatNumber } from "../../../telling/texts/numbers.ts";
import { cite, REMEDY_PAPERS } from "../../../telling/texts/papers.ts";
import { formatGain, formatMeasure, formatSpread } from "../../../telling/texts/sentences.ts";
import type { RunRecord } from "../../../watch/record.ts";
import { armOfRuns, gainsOf, seedsAgainst, valuesOf } from "../arms.ts";
import type { Cure } from "../prove.ts";
import type { DemoTexts } from "../texts/texts.ts";
import { formula } from "./formulas.ts";
import { picturesOf } from "./pictures.ts";

/** The section on one remedy. */
export function cureSection(cure: Cure, number: number, texts: DemoTexts): string {
  const { cure: name, remedy } = cure.patient;
  const { name: title, patient, disease, remedy: text } = texts.cures[name];
  const paper = fill(texts.paper, { paper: cite(REMEDY_PAPERS[remedy]) }, TEXTS[texts.language]);
  const { wide, pair } = picturesOf(cure, texts);
  return `<section id="${name}">
<h2>${number}. ${escapeHtml(title)}</h2>
<p class="muted">${escapeHtml(patient)}</p>
${verdictLine(cure, texts)}
<h3>${escapeHtml(texts.diseaseTitle)}</h3>
<p>${escapeHtml(disease)}</p>
<h3>${escapeHtml(texts.remedyTitle)}</h3>
<p>${escapeHtml(text)}</p>
${formula(name)}
<p class="muted">${escapeHtml(paper)}</p>
<h3>${escapeHtml(texts.changedTitle)}</h3>
${difference(cure.trial.prescription, TEXTS[texts.language])}
<h3>${escapeHtml(texts.picturesTitle)}</h3>
${wide.map((each) => drawn(each, "whole", texts)).join("\n")}
${pair.length === 0 ? "" : `<div class="pair">${pair.map((each) => drawn(each, "half", texts)).join("\n")}</div>`}
<h3>${escapeHtml(texts.figuresTitle)}</h3>
${proof(cure, texts)}
${rates(cure, texts)}
</section>`;
}

function drawn({ title, chart, caption }: Drawing, width: FigureWidth, texts: DemoTexts): string {
  return figure(title, chart, TEXTS[texts.language].phrases, { caption: escapeHtml(caption), width });
}

/** Proven or not, and by how much. */
function verdictLine(cure: Cure, texts: DemoTexts): string {
  const words = TEXTS[texts.language];
  const { measure, verdict } = cure.trial;
  const { proven, notProven } = words.phrases;
  const isProven = verdict === "cured";
  const [before, after] = spreadsOf(cure, texts);
  const name = isProven ? proven : notProven;
  return `<p class="lead"><b class="verdict" style="--role: var(--${isProven ? "third" : "second"})">${escapeHtml(name)}</b> ${escapeHtml(
    `${words.measures[measure]}: ${before} \u2192 ${after}`,
  )}</p>`;
}

/** Mean and standard deviation without and with the remedy. */
function spreadsOf({ trial }: Cure, texts: DemoTexts): readonly [string, string] {
  const { measure, control, treated } = trial;
  const written = (arm: typeof control) => formatSpread(arm.mean, arm.deviation, measure, TEXTS[texts.language]);
  return [written(control), written(treated)];
}

/** Runs that share a column. */
interface Column {
  readonly title: string;
  readonly runs: readonly RunRecord[];
}

/** Runs without and with the remedy, or those of each competing optimiser. */
function columnsOf({ trial, rivals }: Cure, texts: DemoTexts): readonly Column[] {
  if (rivals.length > 0) return rivals.map(({ name, runs }) => ({ title: texts.rivals[name], runs }));
  return [
    { title: texts.without, runs: trial.control.runs },
    { title: texts.with, runs: trial.treated.runs },
  ];
}

/** One row per seed, including seeds that contradict the claim. */
function proof(cure: Cure, texts: DemoTexts): string {
  const words = TEXTS[texts.language];
  const { measure, control, gain, needed, verdict } = cure.trial;
  const columns = columnsOf(cure, texts);
  const title = `${texts.figuresTitle}: ${texts.cures[cure.patient.cure].name}`;
  const gains = gainsOf(cure.trial);
  const rows = control.runs.map(({ seed = 0 }, index) => {
    const own = gains[index];
    const difference = own == null ? "\u2013" : formatGain(own, measure, words);
    const cells = [...columns.map(({ runs }) => toldRun(runs, index, measure, texts)), difference];
    return `<tr><th scope="row">${seed}</th>${cells.map(cell).join("")}</tr>`;
  });
  const means = columns.map(({ runs }) => {
    const arm = armOfRuns(runs, measure);
    return formatSpread(arm.mean, arm.deviation, measure, words);
  });
  const heads = [...columns.map((column) => column.title), texts.differenceColumn];
  const table = `<table>
<caption>${escapeHtml(words.measures[measure])}</caption>
<thead><tr><th scope="col">${escapeHtml(texts.seedColumn)}</th>${heads.map((each) => `<th scope="col" class="number">${escapeHtml(each)}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
<tr class="best"><th scope="row">${escapeHtml(texts.meanRow)}</th>${[...means, formatGain(gain, measure, words)].map(cell).join("")}</tr>
</tbody>
</table>`;
  const gaps = { gain: formatGain(gain, measure, words), needed: formatGain(needed, measure, words) };
  const sentence = fill(texts.verdict[verdict === "cured" ? "proven" : "not-proven"], gaps, words);
  const against = seedsAgainst(cure.trial).map(
    (seed) => `<p class="note">${escapeHtml(fill(texts.seedAgainst, { seed }, words))}</p>`,
  );
  const rivalry = cure.rivals.length === 0 ? "" : `<p class="muted">${escapeHtml(texts.rivalsNote)}</p>\n`;
  return `${rivalry}${scrollBox(title, table)}\n<p>${escapeHtml(sentence)}</p>\n${against.join("\n")}`;
}

/** The result of one run, with the step if it stopped early. */
function toldRun(runs: readonly RunRecord[], index: number, measure: TrialMeasure, texts: DemoTexts): string {
  const words = TEXTS[texts.language];
  const value = valuesOf(runs, measure)[index];
  const failure = runs[index]?.failure;
  const text = value == null ? "\u2013" : formatMeasure(value, measure, words);
  return failure === undefined ? text : `${text} (${fill(texts.brokeOff, { step: failure.step }, words)})`;
}

const cell = (text: string) => `<td class="number">${escapeHtml(text)}</td>`;

/** Every rate that was tried, if optimisers compete. */
function rates({ rivals }: Cure, texts: DemoTexts): string {
  if (rivals.length === 0) return "";
  const words = TEXTS[texts.language];
  const rows = rivals.flatMap(({ name, rate: best, tried }) =>
    tried.map(
      ({ rate, loss }) =>
        `<tr${rate === best ? ' class="best"' : ""}><th scope="row">${escapeHtml(texts.rivals[name])}</th>${cell(formatNumber(rate))}${cell(Number.isFinite(loss) ? formatNumber(loss) : "\u2013")}</tr>`,
    ),
  );
  const table = `<table>
<thead><tr><th scope="col">${escapeHtml(texts.optimizerColumn)}</th><th scope="col" class="number">${escapeHtml(texts.rateColumn)}</th><th scope="col" class="number">${escapeHtml(words.phrases.validationLoss)}</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
  return `<details class="data"><summary>${escapeHtml(texts.rateTitle)}</summary>${scrollBox(texts.rateTitle, table)}</details>`;
}
