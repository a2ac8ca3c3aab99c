import { largest } from "../../core/extremes.ts";
import { spread } from "../../report/chart.ts";
import { scrollBox } from "../../report/scroll-box.ts";
import { escapeHtml } from "../../report/svg.ts";
import type { Role } from "../../report/theme.ts";
import type { Histogram, LayerCensus, RunRecord } from "../../watch/record.ts";
import { formatNumber } from "../texts/numbers.ts";
import type { Texts } from "../texts/texts.ts";
import type { ChartArm } from "./arms.ts";

/** The most layers that are drawn; of more, evenly spaced ones including the first and the last. */
const MOST_LAYERS = 6;
const WIDTH = 120;
const HEIGHT = 44;

/** The outputs of the activations, one row per layer: at the start and at the end, without and with the remedy. HTML; undefined if
 *  nothing was measured. */
export function histogramTable(arms: readonly ChartArm[], texts: Texts): string | undefined {
  const { phrases } = texts;
  const columns = arms.flatMap(({ name, role, runs }) => {
    const run = runs.find(({ start, end }) => start !== undefined || end !== undefined);
    const title = (when: string) => (arms.length > 1 ? `${name}, ${when}` : when);
    return (["start", "end"] as const).map((when) => ({
      title: title(phrases[when]),
      role,
      layers: activations(run, when),
    }));
  });
  const rows = columns.find(({ layers }) => layers.length > 0)?.layers ?? [];
  if (rows.length === 0) return undefined;
  // from the output down to the input, as networks are usually drawn
  const places = [...spread(rows.length, MOST_LAYERS)].reverse();
  const head = columns.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`).join("");
  const body = places.map((place) => {
    const cells = columns.map(({ layers, role, title }) => {
      const layer = layers[place];
      return `<td>${layer === undefined ? "\u2013" : histogramFigure(layer, role, title)}</td>`;
    });
    const { path, type } = rows[place] as LayerCensus;
    return `<tr><th scope="row">${escapeHtml(path)}<br><small>${escapeHtml(type)}</small></th>${cells.join("")}</tr>`;
  });
  const table = `<table>
<thead><tr><th scope="col">${escapeHtml(phrases.layer)}</th>${head}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>`;
  return `${scrollBox(phrases.histograms, table, "histograms")}
<p class="muted">${escapeHtml(phrases.histogramsCaption)}</p>`;
}

function activations(run: RunRecord | undefined, when: "start" | "end"): readonly LayerCensus[] {
  return (run?.[when]?.layers ?? []).filter(({ isActivation }) => isActivation);
}

function histogramFigure({ path, histogram }: LayerCensus, role: Role, title: string): string {
  const { low, high, counts } = histogram;
  const ends = `<small class="ends"><span>${formatNumber(low)}</span><span>${formatNumber(high)}</span></small>`;
  const label = escapeHtml(`${path}, ${title}: ${formatNumber(low)} \u2026 ${formatNumber(high)}`);
  const most = Math.max(0, largest(counts.filter(Number.isFinite)));
  if (most === 0) return ends;
  return `<svg role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path d="${outline(histogram, most)}" fill="var(--${role})"/><path d="M0 ${HEIGHT - 0.5}H${WIDTH}" stroke="var(--quiet)"/></svg>${ends}`;
}

/** The bars as one closed path. */
function outline({ counts }: Histogram, largest: number): string {
  const step = WIDTH / counts.length;
  const place = (value: number) => Number(value.toFixed(2));
  const bars = counts.map((count, index) => {
    const top = place(HEIGHT * (1 - (Number.isFinite(count) ? count : 0) / largest));
    return `V${top}H${place((index + 1) * step)}`;
  });
  return `M0 ${HEIGHT}${bars.join("")}V${HEIGHT}Z`;
}
