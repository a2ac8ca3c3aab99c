import { LayersOverTime } from "../../charts/LayersOverTime.tsx";
import { LAYER_MEASURES, type LayerMeasure, seriesOf } from "../../charts/layers/matrix.ts";
import { useDashboard } from "../../state/context.ts";
import type { RunEntry } from "../../state/run-list.ts";
import { chartTexts } from "../../text/charts.ts";
import { runTexts } from "../../text/run.ts";
import { Section } from "./Section.tsx";

/** One measure of all layers of a run over time. */
export function LayersSection({ entry }: { readonly entry: RunEntry }) {
  const { store, actions } = useDashboard();
  const { layers: texts } = runTexts.value;
  const known = measuresOf(entry);
  const wanted = store.view.value.layerMeasure;
  const measure = known.find((each) => each === wanted) ?? known[0];
  if (measure === undefined) {
    return (
      <Section name="layers">
        <p class="empty">{texts.none}</p>
      </Section>
    );
  }
  const { label, hint } = texts.measures[measure];
  const choice = (
    <select
      class="compact"
      aria-label={texts.measure}
      title={hint}
      value={measure}
      onChange={({ currentTarget }) => actions.set({ layerMeasure: known[currentTarget.selectedIndex] ?? measure })}
    >
      {known.map((each) => (
        <option key={each} value={each}>
          {texts.measures[each].label}
        </option>
      ))}
    </select>
  );
  return (
    <Section name="layers" tools={choice}>
      <LayersOverTime key={measure} run={entry} measure={measure} name={label} hint={hint} words={chartTexts.value} />
    </Section>
  );
}

/** The measures that the run has of at least one layer. */
function measuresOf({ summary }: RunEntry): readonly LayerMeasure[] {
  const { measures, layers } = summary.value;
  const names = new Set(measures.map(({ name }) => name));
  return LAYER_MEASURES.filter((measure) =>
    layers.some(({ path }) => seriesOf(path, measure).every((series) => names.has(series))),
  );
}
