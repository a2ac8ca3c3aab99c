import type { RunSummary } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { useDashboard } from "../../state/context.ts";
import { SORTS } from "../../state/settings.ts";
import { uiTexts } from "../../text/ui.ts";
import { Icon } from "../Icon.tsx";
import { usualDirection } from "./sort.ts";

interface RunToolsProps {
  /** Settings to group by. */
  readonly choices: readonly string[];
  /** Parts of the filter that mean nothing. */
  readonly problems: readonly string[];
  readonly runs: readonly RunSummary[];
}

/** Filter, order and groups of the list. */
export function RunTools({ choices, problems, runs }: RunToolsProps) {
  const { store, actions } = useDashboard();
  const { runs: texts } = uiTexts.value;
  const { filter, sort, isDescending, groupBy } = store.view.value;
  return (
    <div class="run-tools">
      <input
        type="search"
        class="number"
        id="run-filter"
        autocomplete="off"
        spellcheck={false}
        aria-label={texts.search.label}
        aria-describedby="run-filter-hint"
        aria-invalid={problems.length > 0}
        placeholder={texts.search.label}
        title={texts.search.hint}
        value={filter}
        onInput={({ currentTarget }) => actions.set({ filter: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || filter === "") return;
          event.preventDefault();
          actions.set({ filter: "" });
        }}
      />
      <p class="visually-hidden" id="run-filter-hint">
        {texts.search.hint}
      </p>
      {problems.map((part) => (
        <p key={part} class="field-error" role="status">
          {texts.badFilter(harmless(part))}
        </p>
      ))}
      <div class="run-order">
        <select
          aria-label={texts.sort}
          title={texts.sort}
          value={sort}
          onChange={({ currentTarget }) => {
            const by = SORTS[currentTarget.selectedIndex] ?? "created";
            actions.set({ sort: by, isDescending: usualDirection(by, runs) });
          }}
        >
          {SORTS.map((each) => (
            <option key={each} value={each}>
              {texts.sorts[each]}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="icon-button"
          aria-label={isDescending ? texts.descending : texts.ascending}
          title={isDescending ? texts.descending : texts.ascending}
          onClick={() => actions.set({ isDescending: !isDescending })}
        >
          <Icon name={isDescending ? "descending" : "ascending"} />
        </button>
        <select
          aria-label={texts.group}
          title={texts.group}
          value={groupBy}
          onChange={({ currentTarget }) => actions.set({ groupBy: choices[currentTarget.selectedIndex - 1] ?? "" })}
        >
          <option value="">{texts.noGroup}</option>
          {choices.map((path) => (
            <option key={path} value={path}>
              {harmless(path)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
