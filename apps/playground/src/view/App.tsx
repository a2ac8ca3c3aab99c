import { useSignal, useSignalEffect } from "@preact/signals";
import { Panel } from "gradus-parts/page/Panel.tsx";
import { systemTheme } from "gradus-parts/page/system-theme.ts";
import { language } from "gradus-parts/text/language.ts";
import { useEffect } from "preact/hooks";
import { uiTexts } from "../text/ui.ts";
import { Announcer } from "./Announcer.tsx";
import { usePlayground } from "./context.ts";
import { DataPanel } from "./DataPanel.tsx";
import { Header } from "./Header.tsx";
import { HelpDialog } from "./HelpDialog.tsx";
import { LayersPanel } from "./LayersPanel.tsx";
import { lazily } from "./lazily.tsx";
import { NetworkPanel } from "./NetworkPanel.tsx";
import { OutputPanel } from "./OutputPanel.tsx";
import { Notices } from "./Problem.tsx";
import { ResultsPanel } from "./ResultsPanel.tsx";
import { commandFor } from "./shortcuts.ts";
import { TrainingPanel } from "./TrainingPanel.tsx";
import { Transport } from "./Transport.tsx";

const DoctorPanel = lazily(
  async () => (await import("./DoctorPanel.tsx")).DoctorPanel,
  () => (
    <Panel title={uiTexts.value.doctor.title} area="doctor">
      <div class="doctor-body" />
    </Panel>
  ),
);
const StoryPanel = lazily(async () => (await import("./StoryPanel.tsx")).StoryPanel);

/** The page. */
export function App() {
  const { actions, store } = usePlayground();
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
    document.documentElement.dataset.theme = store.theme.value === "auto" ? systemTheme.value : store.theme.value;
  });
  const { skipToNetwork } = uiTexts.value;
  const notices = store.notices.value;
  const hasStory = store.isStoryPanelOpen.value;
  const isPair = store.config.value.networks.length === 2;
  const layout = `layout${hasStory ? " with-story" : ""}${isPair ? " has-pair" : ""}`;
  return (
    <>
      <a class="skip-link" href="#network">
        {skipToNetwork}
      </a>
      <Header onHelp={openHelp} />
      <Transport />
      {notices.length > 0 && <Notices notices={notices} onDismiss={() => actions.notify()} />}
      <div class={layout}>
        {hasStory && (
          <aside class="story-column">
            <StoryPanel />
          </aside>
        )}
        <div class="set-up">
          <DataPanel />
          <TrainingPanel />
        </div>
        <main class="views" id="network" tabIndex={-1}>
          <NetworkPanel />
          <OutputPanel />
          <ResultsPanel />
          <LayersPanel />
          <DoctorPanel />
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
