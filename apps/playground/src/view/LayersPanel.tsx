import { useSignal } from "@preact/signals";
import { Segmented } from "gradus-parts/fields/Segmented.tsx";
import { Panel } from "gradus-parts/page/Panel.tsx";
import { FilterGrid } from "../charts/FilterGrid.tsx";
import { Histogram } from "../charts/Histogram.tsx";
import { LayerHistory } from "../charts/LayerHistory.tsx";
import type { NetworkHistory } from "../state/history.ts";
import type { Selection } from "../state/store.ts";
import { LAYER_MEASURES, type LayerMeasureName, uiTexts } from "../text/ui.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { usePlayground } from "./context.ts";
import { useLook } from "./use-look.ts";

/** Every layer over the whole run, by one measure; the selected layer's activations; the first layer's filters. */
export function LayersPanel() {
  const { store } = usePlayground();
  const texts = uiTexts.value.layers;
  const measure = useSignal<LayerMeasureName>("gradientNorm");
  const ref = useLook("layers");
  const histories = store.histories.value;
  const choice = (
    <Segmented
      label={texts.measure}
      value={measure.value}
      options={LAYER_MEASURES}
      nameOf={(each) => texts.measures[each].label}
      titleOf={(each) => texts.measures[each].hint}
      onChange={(each) => {
        measure.value = each;
      }}
    />
  );
  return (
    <Panel title={texts.title} area="layers" tools={choice}>
      <div class={`heat-maps heat-maps-${histories.length}`} ref={ref}>
        {histories.map((history, index) => (
          <div class="heat-map" key={NETWORK_NAMES[index]}>
            {histories.length === 2 && <h3 class={`name-${index}`}>{NETWORK_NAMES[index]}</h3>}
            <LayerHistory history={history} measure={measure.value} />
          </div>
        ))}
      </div>
      <LayerDetails />
    </Panel>
  );
}

function LayerDetails() {
  const { store } = usePlayground();
  const { layers: texts, networks, block: blockTexts } = uiTexts.value;
  const selection = store.selection.value;
  const history = store.histories.value[selection.network];
  history?.calm.value;
  const found = history === undefined ? undefined : histogramOf(history, selection);
  const { part } = selection;
  const name = typeof part === "number" ? networks.layer(part + 1) : blockTexts[part];
  return (
    <div class="layer-details">
      <div class="layer-histogram">
        <h3>{texts.activations(name)}</h3>
        {found === undefined ? <p class="empty">{texts.noHistogram}</p> : <Histogram histogram={found} />}
      </div>
      {history?.filters !== undefined && (
        <div class="layer-filters">
          <h3>{texts.filters}</h3>
          <FilterGrid filters={history.filters} />
        </div>
      )}
    </div>
  );
}

/** The histogram of what the selected block gives out: of its last layer that has one. */
function histogramOf({ view, histograms }: NetworkHistory, { part }: Selection) {
  const block = part === "output" ? undefined : part;
  return view.layers
    .filter((layer) => layer.block === block)
    .map(({ path }) => histograms[path])
    .filter((each) => each !== undefined)
    .at(-1);
}
