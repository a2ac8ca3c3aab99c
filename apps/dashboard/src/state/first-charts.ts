import { groupMeasures, keyOf, measureNames } from "./measure-groups.ts";
import { hasMeasure } from "./measures.ts";
import type { RunEntry } from "./run-list.ts";
import type { SeriesStore } from "./series-store.ts";
import type { View } from "./settings.ts";

/** Charts that are in sight on any screen when the page opens. */
export const FIRST_CHARTS = 2;

/** Asks for the curves of the charts that come first before the page has built those charts. */
export function expectFirstCharts(series: SeriesStore, shown: readonly RunEntry[], view: View): void {
  if (view.tab !== "curves") return;
  const runs = shown.map(({ summary }) => summary.peek());
  const groups = groupMeasures(measureNames(runs), view);
  const first = groups.find((group) => !view.closed.includes(keyOf(group)));
  for (const measure of first?.measures.slice(0, FIRST_CHARTS) ?? [])
    for (const run of runs) if (hasMeasure(run, measure)) series.expect(run.id, measure);
}
