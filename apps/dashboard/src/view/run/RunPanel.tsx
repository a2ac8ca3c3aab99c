import { useSignal } from "@preact/signals";
import type { RunDetail } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../../state/context.ts";
import type { RunEntry } from "../../state/run-list.ts";
import { runTexts } from "../../text/run.ts";
import { uiTexts } from "../../text/ui.ts";
import { Problem } from "../Problem.tsx";
import { ActivationsSection } from "./ActivationsSection.tsx";
import { CheckpointsSection } from "./CheckpointsSection.tsx";
import { DiagnosisSection } from "./DiagnosisSection.tsx";
import { EnvironmentSection } from "./EnvironmentSection.tsx";
import { EventsSection } from "./EventsSection.tsx";
import { LayersSection } from "./LayersSection.tsx";
import { MeasuresSection } from "./MeasuresSection.tsx";
import { ModelSection } from "./ModelSection.tsx";
import { NotesSection } from "./NotesSection.tsx";
import { RunHead } from "./RunHead.tsx";
import { SettingsSection } from "./SettingsSection.tsx";
import { TextsSection } from "./TextsSection.tsx";

/** One run in full: the one that was opened, else the newest of the selected ones. */
export function RunPanel() {
  const { store, actions } = useDashboard();
  const { open } = store.view.value;
  const entry = (open === undefined ? undefined : store.runs.find(open)) ?? store.shown.value.at(-1);
  const entries = store.runs.entries.value;
  const texts = runTexts.value;
  return (
    <div class="run-page">
      {entries.length > 1 && (
        <div class="run-choice">
          <label for="run-choice">{texts.choose}</label>
          <select
            id="run-choice"
            value={entry?.id ?? ""}
            onChange={({ currentTarget }) => actions.set({ open: currentTarget.value })}
          >
            {entry === undefined && <option value="">–</option>}
            {entries.toReversed().map((each) => (
              <option key={each.id} value={each.id}>
                {harmless(each.summary.peek().name)}
              </option>
            ))}
          </select>
        </div>
      )}
      {open !== undefined && store.runs.find(open) === undefined && (
        <p class="problem">{uiTexts.value.errors.byCode["file-not-found"]}</p>
      )}
      {entry === undefined ? <p class="panel empty">{texts.none}</p> : <RunDetails key={entry.id} entry={entry} />}
    </div>
  );
}

function RunDetails({ entry }: { readonly entry: RunEntry }) {
  const { detail, problem } = useDetail(entry);
  const run = entry.summary.value;
  if (detail === undefined) {
    return problem === undefined ? <p class="panel empty">{runTexts.value.loading}</p> : <Problem error={problem} />;
  }
  return (
    <>
      {problem !== undefined && <Problem error={problem} />}
      <RunHead run={run} detail={detail} />
      <DiagnosisSection detail={detail} step={run.step} />
      <LayersSection entry={entry} />
      <ActivationsSection entry={entry} />
      <div class="run-columns">
        <div class="run-column">
          <NotesSection detail={detail} />
          <MeasuresSection run={run} events={detail.events} />
          <CheckpointsSection events={detail.events} />
          <EventsSection events={detail.events} />
          <TextsSection texts={detail.texts} />
        </div>
        <div class="run-column">
          <SettingsSection detail={detail} />
          <ModelSection detail={detail} />
          <EnvironmentSection detail={detail} />
        </div>
      </div>
    </>
  );
}

/** Shortest time between two readings of the details of a run that moves, in ms. */
const PAUSE_MS = 5000;

/** The details of a run: read again when an epoch has ended, when its state has changed, and when the server is back. */
function useDetail({ id, summary }: RunEntry) {
  const { source } = useDashboard();
  const detail = useSignal<RunDetail | undefined>(undefined);
  const problem = useSignal<Error | undefined>(undefined);
  const readAt = useSignal(-Infinity);
  const { epoch, status, findings, warnings } = summary.value;
  const connection = source.connection.value;
  useEffect(() => {
    let isCurrent = true;
    if (connection !== "live" && connection !== "static") return undefined;
    const read = async () => {
      readAt.value = performance.now();
      try {
        const read = await source.detail(id);
        if (!isCurrent) return;
        detail.value = read;
        problem.value = undefined;
      } catch (error) {
        if (isCurrent) problem.value = error as Error;
      }
    };
    const wait = readAt.peek() + PAUSE_MS - performance.now();
    const timer = setTimeout(read, Math.max(0, wait));
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [id, epoch, status, findings, warnings, connection]);
  return { detail: detail.value, problem: problem.value };
}
