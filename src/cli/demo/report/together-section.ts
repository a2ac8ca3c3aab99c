import type { Chart } from "../../../report/chart.ts";
import { heatMapChart } from "../../../report/heat-map.ts";
import { figure } from "../../../report/page.ts";
import { escapeHtml } from "../../../report/svg.ts";
import { gradientByLayer } from "../../../telling/report/gradients.ts";
import { fill } from "../../../telling/texts/fill.ts";
import { TEXTS } from "../../../telling/texts/languages.ts";
import type { RunRecord } from "../../../watch/record.ts";
import { TOGETHER } from "../patients/patients.ts";
import type { DemoTexts } from "../texts/texts.ts";

/** The deep network with all six remedies, beside the same network without any. */
export function togetherSection(patient: RunRecord, together: RunRecord, texts: DemoTexts): string {
  const words = TEXTS[texts.language];
  const arms = [
    { name: texts.deepPatient, role: "second", runs: [patient] },
    { name: texts.allSix, role: "first", runs: [together] },
  ] as const;
  const range = powersOf([patient, together]);
  const accuracy = `${(100 * (together.score?.value ?? 0)).toFixed(2)}${words.percent}%`;
  const bars = gradientByLayer(arms, words).map(({ title, chart, caption }) =>
    figure(title, chart, words.phrases, { caption: escapeHtml(caption) }),
  );
  const maps = arms.map(({ name, runs: [run] }) => {
    const title = fill(texts.mapTitle, { arm: name }, words);
    return figure(title, normMap(run, title, { range, names: weightedPaths(patient) }, texts), words.phrases, {
      width: "half",
    });
  });
  return `<section id="together">
<h2>${escapeHtml(texts.togetherTitle)}</h2>
<p>${escapeHtml(fill(texts.togetherText, { epochs: TOGETHER.epochs, accuracy }, words))}</p>
${bars.join("\n")}
<div class="pair">${maps.join("\n")}</div>
<p class="muted">${escapeHtml(texts.mapCaption)}</p>
</section>`;
}

function weightedPaths({ start }: RunRecord): readonly string[] {
  return (start?.layers ?? []).filter(({ weightDeviation }) => weightDeviation !== undefined).map(({ path }) => path);
}

/** Gradient norms of the layers with weights, from the input up; one column per reading. */
function normMap(
  run: RunRecord,
  label: string,
  { range, names }: { readonly range: readonly [number, number]; readonly names: readonly string[] },
  texts: DemoTexts,
): Chart {
  const { phrases } = TEXTS[texts.language];
  const paths = weightedPaths(run);
  return heatMapChart({
    label,
    xName: phrases.step,
    columns: run.readings.map(({ step }) => step),
    yName: phrases.layer,
    // remedies that add layers move the others; both maps name layers by their position without the remedies
    rows: names,
    valueName: phrases.gradientNorm,
    values: run.readings.map(({ layers }) => paths.map((path) => layers[path]?.gradientNorm ?? Number.NaN)),
    range,
  });
}

/** The powers of ten that enclose most norms of several runs. */
function powersOf(runs: readonly RunRecord[]): readonly [number, number] {
  const logs = runs
    .flatMap(({ readings }) =>
      readings.flatMap(({ layers }) => Object.values(layers).map(({ gradientNorm }) => gradientNorm)),
    )
    .filter((value): value is number => value !== undefined && value > 0 && Number.isFinite(value))
    .map(Math.log10)
    .sort((a, b) => a - b);
  if (logs.length === 0) return [-1, 1];
  const low = Math.floor(logs[Math.floor(logs.length * 0.02)] as number);
  return [low, Math.max(low + 1, Math.ceil(logs[Math.floor(logs.length * 0.98)] as number))];
}
