import { useComputed, useSignal } from "@preact/signals";
import type { RunSummary } from "gradus/dashboard-protocol";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { useRef } from "preact/hooks";
import { useDashboard } from "../../state/context.ts";
import { uiTexts } from "../../text/ui.ts";
import { filterOf, matches } from "./filter.ts";
import { groupingChoices, groupRuns } from "./group.ts";
import { RunList } from "./RunList.tsx";
import { RunTools } from "./RunTools.tsx";
import { layRows } from "./rows.ts";
import { sortRuns } from "./sort.ts";
import { useSteady } from "./use-steady.ts";

/** All runs: to find, to order, and to select what the charts show. */
export function RunsPanel() {
  const { store, actions } = useDashboard();
  const { runs: texts } = uiTexts.value;
  const box = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  const summaries = useComputed(() => store.runs.entries.value.map(({ summary }) => summary.value));
  const { filter: text, sort, isDescending, groupBy, open } = store.view.value;
  const filter = filterOf(text);
  const all = summaries.value;
  const found = all.filter((run) => matches(run, filter));
  const choices = groupingChoices(all);
  const path = groupBy === "" || !choices.includes(groupBy) ? undefined : groupBy;
  const sorted = useSteady(box, sortRuns(found, { by: sort, isDescending }), `${sort} ${isDescending} ${text} ${path}`);
  const groups = path === undefined ? [{ value: undefined, runs: sorted }] : groupRuns(sorted, path);
  const selected = store.shownIds.value;
  const select = (runs: readonly string[], isOn: boolean) => {
    const next = new Set(selected);
    for (const run of runs) {
      if (isOn) next.add(run);
      else next.delete(run);
    }
    // "all" has a short address, and runs that come later are among them
    const isAll = isOn && all.every(({ id }) => next.has(id));
    actions.set({ runs: isAll && all.length > 1 ? "all" : [...next] });
  };
  const only = (runs: readonly string[]) => actions.set({ runs: [...runs] });
  return (
    <section class="panel runs-panel" aria-labelledby="runs-title" ref={box}>
      <div class="panel-head">
        <h2 id="runs-title">{texts.title}</h2>
        <p class="about" aria-live="off">
          {texts.count(formatCount(found.length), formatCount(all.length))} ·{" "}
          {texts.selected(formatCount(selected.size))}
        </p>
        <span class="button-row">
          <button
            type="button"
            class="quiet"
            title={texts.selectAll.hint}
            disabled={found.length === 0}
            onClick={() => select(idsOf(found), true)}
          >
            {texts.selectAll.label}
          </button>
          <button
            type="button"
            class="quiet"
            title={texts.selectNone.hint}
            disabled={selected.size === 0}
            onClick={() => only([])}
          >
            {texts.selectNone.label}
          </button>
        </span>
        <button
          type="button"
          class="runs-toggle"
          aria-expanded={isOpen.value}
          aria-controls="runs-body"
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {texts.choose}
        </button>
      </div>
      <div id="runs-body" class={`runs-body${isOpen.value ? " is-open" : ""}`}>
        <RunTools choices={choices} problems={filter.problems} runs={all} />
        {found.length === 0 ? (
          <p class="empty">{all.length > 0 ? texts.noMatch : ""}</p>
        ) : (
          <RunList
            rows={layRows(groups, path !== undefined)}
            groupBy={path}
            selected={selected}
            open={open}
            lookOf={(run) => store.runs.find(run)?.look}
            onSelect={select}
            onOnly={only}
            onOpen={(run) => actions.set({ open: run, tab: "run" })}
          />
        )}
      </div>
    </section>
  );
}

const idsOf = (runs: readonly RunSummary[]) => runs.map(({ id }) => id);
