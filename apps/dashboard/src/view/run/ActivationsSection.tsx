import { harmless } from "gradus-parts/text/harmless.ts";
import { HistogramsOverTime } from "../../charts/HistogramsOverTime.tsx";
import { useDashboard } from "../../state/context.ts";
import type { RunEntry } from "../../state/run-list.ts";
import { chartTexts } from "../../text/charts.ts";
import { runTexts } from "../../text/run.ts";
import { Section } from "./Section.tsx";

/** How one layer's outputs, or whatever a tool has written as histograms, are distributed over time. */
export function ActivationsSection({ entry }: { readonly entry: RunEntry }) {
  const { store, actions } = useDashboard();
  const { layers: texts } = runTexts.value;
  const { histograms, layers } = entry.summary.value;
  const wanted = store.view.value.layer;
  const histogram = histograms.find((each) => each === wanted) ?? histograms[0];
  if (histogram === undefined) {
    return (
      <Section name="activations">
        <p class="empty">{texts.noHistograms}</p>
      </Section>
    );
  }
  const types = new Map(layers.map(({ path, type }) => [path, type]));
  const choice = (
    <select
      class="compact"
      aria-label={texts.layer}
      value={histogram}
      onChange={({ currentTarget }) => actions.set({ layer: histograms[currentTarget.selectedIndex] ?? histogram })}
    >
      {histograms.map((each) => (
        <option key={each} value={each}>
          {labelOf(each, types)}
        </option>
      ))}
    </select>
  );
  return (
    <Section name="activations" tools={choice}>
      <div class="activations">
        <HistogramsOverTime
          key={histogram}
          run={entry}
          histogram={histogram}
          label={labelOf(histogram, types)}
          words={chartTexts.value}
        />
      </div>
    </Section>
  );
}

/** "layers/1/activations" -> "1 (relu)". */
function labelOf(histogram: string, types: ReadonlyMap<string, string>): string {
  const path = /^layers\/(.+)\/activations$/.exec(histogram)?.[1];
  if (path === undefined) return harmless(histogram);
  const type = types.get(path);
  return harmless(type === undefined ? path : `${path} (${type})`);
}
