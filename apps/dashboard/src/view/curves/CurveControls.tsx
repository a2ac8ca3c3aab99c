import { Segmented } from "gradus-parts/fields/Segmented.tsx";
import { Toggle } from "gradus-parts/fields/Toggle.tsx";
import { useId } from "preact/hooks";
import { useDashboard } from "../../state/context.ts";
import { AXES } from "../../state/settings.ts";
import { uiTexts } from "../../text/ui.ts";

/** Positions of the smoothing slider: 0 to 0.99. */
const MOST_SMOOTHING = 99;

/** How curves are drawn, and which. */
export function CurveControls() {
  const { store, actions } = useDashboard();
  const { curves: texts } = uiTexts.value;
  const { axis, isLog, hasBands, ignoresOutliers, search } = store.view.value;
  return (
    <fieldset class="curve-controls">
      <legend class="visually-hidden">{texts.controls}</legend>
      <input
        type="search"
        class="number"
        id="measure-search"
        autocomplete="off"
        spellcheck={false}
        aria-label={texts.search.label}
        placeholder={texts.search.label}
        title={texts.search.hint}
        value={search}
        onInput={({ currentTarget }) => actions.set({ search: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || search === "") return;
          event.preventDefault();
          actions.set({ search: "" });
        }}
      />
      <Smoothing />
      <Toggle text={texts.logScale} isOn={isLog} onChange={(isOn) => actions.set({ isLog: isOn })} />
      <Toggle text={texts.bands} isOn={hasBands} onChange={(isOn) => actions.set({ hasBands: isOn })} />
      <Toggle
        text={texts.ignoreOutliers}
        isOn={ignoresOutliers}
        onChange={(isOn) => actions.set({ ignoresOutliers: isOn })}
      />
      <Segmented
        label={texts.xAxis}
        value={axis}
        options={AXES}
        nameOf={(each) => texts.xAxes[each].label}
        titleOf={(each) => texts.xAxes[each].hint}
        onChange={(each) => actions.set({ axis: each })}
      />
    </fieldset>
  );
}

function Smoothing() {
  const { store, actions } = useDashboard();
  const { smoothing: text } = uiTexts.value.curves;
  const { smoothing } = store.view.value;
  const id = useId();
  return (
    <div class="smoothing" title={text.hint}>
      <label for={id}>{text.label}</label>
      <input
        type="range"
        id={id}
        min={0}
        max={MOST_SMOOTHING}
        step={1}
        value={Math.round(smoothing * 100)}
        aria-valuetext={smoothing.toFixed(2)}
        onInput={({ currentTarget }) => actions.set({ smoothing: Number(currentTarget.value) / 100 })}
      />
      <output for={id}>{smoothing.toFixed(2)}</output>
    </div>
  );
}

/** Ends the zoom. It floats, so that no chart moves when the first one is zoomed. */
export function ZoomBack() {
  const { store, actions } = useDashboard();
  const { zoomBack } = uiTexts.value.curves;
  if (store.view.value.zoom === undefined) return null;
  return (
    <button
      type="button"
      class="primary zoom-back"
      title={zoomBack.hint}
      onClick={() => actions.set({ zoom: undefined })}
    >
      {zoomBack.label}
    </button>
  );
}
