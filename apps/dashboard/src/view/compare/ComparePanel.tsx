import { useSignal } from "@preact/signals";
import { Segmented } from "gradus-parts/fields/Segmented.tsx";
import { Toggle } from "gradus-parts/fields/Toggle.tsx";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { useDashboard } from "../../state/context.ts";
import { uiTexts } from "../../text/ui.ts";
import { RunsAsColumns, RunsAsRows } from "./CompareTable.tsx";
import { compareRuns, orderBy } from "./compare-table.ts";

/** At most so many runs are compared: a table of more is not read. */
const MOST_RUNS = 200;
/** Up to so many runs stand beside each other; more are rows. */
const MOST_COLUMNS = 6;

const ORIENTATIONS = ["columns", "rows"] as const;

/** The selected runs side by side: results, and the settings that differ. */
export function ComparePanel() {
  const { store, actions } = useDashboard();
  const { compare } = uiTexts.value;
  const withEqual = useSignal(false);
  const chosen = useSignal<(typeof ORIENTATIONS)[number] | undefined>(undefined);
  const sorting = useSignal<{ readonly name: string; readonly isReversed: boolean } | undefined>(undefined);
  const all = store.shown.value;
  const runs = all.slice(-MOST_RUNS).map(({ summary }) => summary.value);
  if (all.length < 2) return <p class="panel empty">{compare.needTwo}</p>;
  const orientation = chosen.value ?? (runs.length <= MOST_COLUMNS ? "columns" : "rows");
  const lines = compareRuns(runs, withEqual.value);
  const sortedBy = lines.find(({ name }) => name === sorting.value?.name);
  const order = sortedBy === undefined ? [...runs.keys()] : orderBy(sortedBy, sorting.value?.isReversed ?? false);
  const hasDifference = lines.some(({ kind, isEqual }) => kind === "setting" && !isEqual);
  const Table = orientation === "columns" ? RunsAsColumns : RunsAsRows;
  return (
    <section class="panel compare" aria-labelledby="compare-title">
      <div class="panel-head">
        <h2 id="compare-title">{compare.title}</h2>
        <div class="panel-tools">
          <Toggle
            text={compare.showEqual}
            isOn={withEqual.value}
            onChange={(isOn) => {
              withEqual.value = isOn;
            }}
          />
          <span aria-hidden="true" class="about">
            {compare.orientation}
          </span>
          <Segmented
            label={compare.orientation}
            value={orientation}
            options={ORIENTATIONS}
            nameOf={(each) => compare.orientations[each]}
            onChange={(each) => {
              chosen.value = each;
            }}
          />
        </div>
      </div>
      <p class="about">{withEqual.value ? "" : compare.about(formatCount(runs.length))}</p>
      {runs.length < all.length && (
        <p class="about">{compare.only(formatCount(runs.length), formatCount(all.length))}</p>
      )}
      {!hasDifference && <p class="healthy">{compare.noDifference}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a field set is a part of a form, and a section would be a landmark */}
      <div class="data-table compare-box" role="group" tabIndex={0} aria-label={compare.title}>
        <Table
          runs={runs}
          lines={lines}
          order={order}
          lookOf={(run) => store.runs.find(run)?.look}
          sortedBy={sorting.value?.name}
          onSort={({ name }) => {
            const { value } = sorting;
            sorting.value = { name, isReversed: value?.name === name && !value.isReversed };
          }}
          onOpen={(run) => actions.set({ open: run, tab: "run" })}
        />
      </div>
    </section>
  );
}
