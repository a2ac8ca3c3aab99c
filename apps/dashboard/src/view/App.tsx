import { useSignal, useSignalEffect } from "@preact/signals";
import { systemTheme } from "gradus-parts/page/system-theme.ts";
import { language } from "gradus-parts/text/language.ts";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../state/context.ts";
import type { Tab } from "../state/settings.ts";
import { uiTexts } from "../text/ui.ts";
import { Announcer } from "./Announcer.tsx";
import { ComparePanel } from "./compare/ComparePanel.tsx";
import { CurvesPanel } from "./curves/CurvesPanel.tsx";
import { NoRuns } from "./Empty.tsx";
import { Header } from "./Header.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { Notices } from "./Notices.tsx";
import { RunPanel } from "./run/RunPanel.tsx";
import { RunsPanel } from "./runs/RunsPanel.tsx";
import { commandFor } from "./shortcuts.ts";
import { Tabs } from "./Tabs.tsx";
import { theme } from "./theme.ts";

const PANELS = { curves: CurvesPanel, compare: ComparePanel, run: RunPanel } satisfies Record<Tab, unknown>;

/** One run cannot be compared. */
const STATIC_TABS: readonly Tab[] = ["curves", "run"];
const LIVE_TABS: readonly Tab[] = ["curves", "compare", "run"];

/** The page. */
export function App() {
  const { store, actions } = useDashboard();
  const isHelpOpen = useSignal(false);
  const openHelp = () => {
    isHelpOpen.value = true;
  };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const command = commandFor(event, actions, openHelp);
      if (command === undefined) return;
      event.preventDefault();
      command();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [actions]);
  useSignalEffect(() => {
    document.documentElement.lang = language.value;
    document.title = uiTexts.value.title;
  });
  useSignalEffect(() => {
    document.documentElement.dataset.theme = theme.value === "auto" ? systemTheme.value : theme.value;
  });
  const isStatic = store.connection.value === "static";
  const tabs = isStatic ? STATIC_TABS : LIVE_TABS;
  const wanted = store.view.value.tab;
  const tab = tabs.includes(wanted) ? wanted : "curves";
  const Panel = PANELS[tab];
  const hasRuns = store.runs.entries.value.length > 0;
  return (
    <>
      <button type="button" class="skip-link" onClick={() => document.getElementById("view")?.focus()}>
        {uiTexts.value.skipToMain}
      </button>
      <Header onHelp={openHelp} />
      <Notices />
      <div class={`layout${isStatic ? " is-static" : ""}`}>
        {!isStatic && (
          <aside class="runs-column">
            <RunsPanel />
          </aside>
        )}
        <main class="views">
          {hasRuns ? (
            <>
              <Tabs tabs={tabs} tab={tab} />
              <div class="view" id="view" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={-1}>
                <Panel />
              </div>
            </>
          ) : (
            <NoRuns />
          )}
        </main>
      </div>
      <HelpDialog
        isOpen={isHelpOpen.value}
        onClose={() => {
          isHelpOpen.value = false;
        }}
      />
      <Announcer />
    </>
  );
}
