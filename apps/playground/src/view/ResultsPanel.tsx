import { useSignal } from "@preact/signals";
import { Panel } from "gradus-parts/page/Panel.tsx";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { lazily } from "./lazily.tsx";

const Curves = lazily(async () => (await import("../charts/Curves.tsx")).Curves);

/** Loss, and accuracy where the targets are classes. */
export function ResultsPanel() {
  const { store } = usePlayground();
  const texts = uiTexts.value.results;
  const isLog = useSignal(true);
  const histories = store.histories.value;
  const hasAccuracy = store.data.value?.task !== "regression";
  const logToggle = (
    <label class="inline-check">
      <input
        type="checkbox"
        checked={isLog.value}
        onChange={({ currentTarget }) => {
          isLog.value = currentTarget.checked;
        }}
      />
      {texts.logScale}
    </label>
  );
  return (
    <Panel title={texts.title} area="results" tools={logToggle}>
      <div class={`curves ${hasAccuracy ? "curves-2" : ""}`}>
        <div class="curve">
          <h3>{texts.loss}</h3>
          <div class="curve-chart">
            {histories.length > 0 && <Curves histories={histories} what="loss" logScale={isLog.value} />}
          </div>
        </div>
        {hasAccuracy && (
          <div class="curve">
            <h3>{texts.accuracy}</h3>
            <div class="curve-chart">
              {histories.length > 0 && (
                <Curves histories={histories} what="accuracy" chance={store.data.value?.chance} />
              )}
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}
