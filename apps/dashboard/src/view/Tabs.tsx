import { moved, moveOf } from "gradus-parts/base/keys.ts";
import { harmless } from "gradus-parts/text/harmless.ts";
import { useDashboard } from "../state/context.ts";
import { TABS, type Tab } from "../state/settings.ts";
import { uiTexts } from "../text/ui.ts";

interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly tab: Tab;
}

/** What the middle of the page shows. */
export function Tabs({ tabs, tab }: TabsProps) {
  const { store, actions } = useDashboard();
  const { tabs: texts } = uiTexts.value;
  const { open } = store.view.value;
  const name = open === undefined ? undefined : store.runs.find(open)?.summary.value.name;
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveOf(event, true);
    if (move === undefined) return;
    const next = tabs[moved(tabs.indexOf(tab), move[0], tabs.length)];
    if (next === undefined) return;
    actions.set({ tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={texts.name}>
      {TABS.filter((each) => tabs.includes(each)).map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`tab-${each}`}
          aria-selected={each === tab}
          aria-controls="view"
          tabIndex={each === tab ? 0 : -1}
          onClick={() => actions.set({ tab: each })}
          onKeyDown={onKeyDown}
        >
          {texts[each]}
          {each === "run" && name !== undefined && (
            <span class="tab-run">
              <bdi>{harmless(name)}</bdi>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}
