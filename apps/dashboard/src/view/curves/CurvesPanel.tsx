import { useComputed } from "@preact/signals";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { ChartGrid } from "../../charts/ChartGrid.tsx";
import { LAYER_MEASURES } from "../../charts/layers/matrix.ts";
import { RunCurves } from "../../charts/RunCurves.tsx";
import { useDashboard } from "../../state/context.ts";
import { FIRST_CHARTS } from "../../state/first-charts.ts";
import { groupMeasures, keyOf, type MeasureGroup, measureNames } from "../../state/measure-groups.ts";
import { chartTexts } from "../../text/charts.ts";
import { runTexts } from "../../text/run.ts";
import { uiTexts } from "../../text/ui.ts";
import { Nothing } from "../Empty.tsx";
import { Icon } from "../Icon.tsx";
import { LookSwatch } from "../runs/LookSwatch.tsx";
import { CurveControls, ZoomBack } from "./CurveControls.tsx";

/** Of a chart with its name, its notes and the button of its table, in pixels. */
const CHART_HEIGHT = 290;

/** Charts of the selected runs: one for each measure, in groups. */
export function CurvesPanel() {
  const { store } = useDashboard();
  const { empty } = uiTexts.value;
  const names = useNames();
  const { search, pinned } = store.view.value;
  if (store.shown.value.length === 0) {
    return <Nothing title={empty.nothingSelected} about={empty.nothingSelectedAbout} />;
  }
  const groups = groupMeasures(names, { search, pinned });
  return (
    <>
      <CurveControls />
      <Legend />
      {names.length === 0 && <Nothing title={empty.noMeasures} about={empty.noMeasuresAbout} />}
      {names.length > 0 && groups.length === 0 && <p class="panel empty">{empty.noMeasureMatches(harmless(search))}</p>}
      {groups.map((group, place) => (
        <Group key={keyOf(group)} group={group} isFirst={place === 0} />
      ))}
      <ZoomBack />
    </>
  );
}

/** The measures of the selected runs; the same list for as long as no measure comes or goes. */
function useNames(): readonly string[] {
  const { store } = useDashboard();
  const joined = useComputed(() => JSON.stringify(measureNames(store.shown.value.map(({ summary }) => summary.value))));
  return useComputed(() => JSON.parse(joined.value) as readonly string[]).value;
}

function Group({ group, isFirst }: { readonly group: MeasureGroup; readonly isFirst: boolean }) {
  const { store, actions } = useDashboard();
  const { curves: texts } = uiTexts.value;
  const key = keyOf(group);
  const { closed, pinned } = store.view.value;
  const isOpen = !closed.includes(key);
  const title = group.part === undefined ? texts.groups[group.name] : titleOf(group, texts.groups.layers);
  return (
    <section class="measure-group" aria-label={title}>
      <h2>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => actions.set({ closed: isOpen ? [...closed, key] : closed.filter((each) => each !== key) })}
        >
          <Icon name="right" />
          <bdi>{title}</bdi>
          <span class="about">{texts.charts(formatCount(group.measures.length))}</span>
        </button>
      </h2>
      {isOpen && (
        <ChartGrid
          items={group.measures}
          height={CHART_HEIGHT}
          first={isFirst ? FIRST_CHARTS : 0}
          nameOf={harmless}
          render={(measure) => (
            <RunCurves measure={measure} words={chartTexts.value}>
              <ChartHead measure={measure} isPinned={pinned.includes(measure)} />
            </RunCurves>
          )}
        />
      )}
    </section>
  );
}

function ChartHead({ measure, isPinned }: { readonly measure: string; readonly isPinned: boolean }) {
  const { store, actions } = useDashboard();
  const { curves: texts } = uiTexts.value;
  const name = harmless(measure);
  const title = isPinned ? texts.unpin(name) : texts.pin(name);
  const toggle = () => {
    const { pinned } = store.view.peek();
    actions.set({ pinned: isPinned ? pinned.filter((each) => each !== measure) : [...pinned, measure] });
  };
  return (
    <div class="chart-head">
      <h3 title={name}>
        <bdi>{name}</bdi>
      </h3>
      <button type="button" class="quiet pin" aria-pressed={isPinned} aria-label={title} title={title} onClick={toggle}>
        <Icon name="pin" />
      </button>
    </div>
  );
}

function titleOf({ name, part = "" }: MeasureGroup, layers: string): string {
  if (name !== "layers") return harmless(part);
  const { measures } = runTexts.value.layers;
  const known = LAYER_MEASURES.find((each) => each === part);
  return `${layers}: ${known === undefined ? harmless(part) : measures[known].label}`;
}

/** The names of the selected runs with their looks, where the list is out of sight. */
function Legend() {
  const { store } = useDashboard();
  return (
    <ul class="curve-legend" aria-label={uiTexts.value.curves.legend}>
      {store.shown.value.map(({ id, look, summary }) => (
        <li key={id}>
          <LookSwatch look={look} />
          <bdi>{harmless(summary.value.name)}</bdi>
        </li>
      ))}
    </ul>
  );
}
