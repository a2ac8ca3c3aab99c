import { useSignal } from "@preact/signals";
import type { RunDetail } from "gradus/dashboard-protocol";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../../state/context.ts";
import { runTexts } from "../../text/run.ts";
import { uiTexts } from "../../text/ui.ts";
import { say } from "../Announcer.tsx";
import { sentenceOf } from "../Problem.tsx";
import { Section } from "./Section.tsx";

/** What a person wrote about the run. What is being typed stays until it is saved, whatever the server says. */
export function NotesSection({ detail }: { readonly detail: RunDetail }) {
  const { source } = useDashboard();
  const { notes: texts } = runTexts.value;
  const { id } = detail.summary;
  const saved = useSignal(detail.notes);
  const draft = useSignal(detail.notes);
  const isSaving = useSignal(false);
  const problem = useSignal<Error | undefined>(undefined);
  const isChanged = draft.value !== saved.value;

  useEffect(() => {
    // another one wrote the notes; a draft of one's own is not lost
    if (draft.peek() === saved.peek()) draft.value = detail.notes;
    saved.value = detail.notes;
  }, [detail.notes]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (draft.peek() !== saved.peek()) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);

  const save = async () => {
    const text = draft.peek();
    isSaving.value = true;
    problem.value = undefined;
    try {
      await source.saveNotes(id, text);
      saved.value = text;
      say(uiTexts.value.announcements.notesSaved);
    } catch (error) {
      problem.value = error as Error;
    }
    isSaving.value = false;
  };

  if (!detail.isWritable || source.connection.value === "static") {
    return (
      <Section name="notes">
        <p class={saved.value === "" ? "empty" : "notes-text"}>{saved.value === "" ? texts.none : saved.value}</p>
        {source.connection.value !== "static" && <p class="about">{texts.readOnly}</p>}
      </Section>
    );
  }
  return (
    <Section name="notes">
      <textarea
        class="notes-field"
        rows={Math.min(16, Math.max(4, draft.value.split("\n").length + 1))}
        aria-label={texts.label.label}
        title={texts.label.hint}
        value={draft.value}
        onInput={({ currentTarget }) => {
          draft.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void save();
        }}
      />
      <div class="button-row">
        <button type="button" class="primary" disabled={!isChanged || isSaving.value} onClick={save}>
          {texts.save}
        </button>
        <span class="about" role="status">
          {isSaving.value ? texts.saving : isChanged ? texts.unsaved : saved.value === "" ? "" : texts.saved}
        </span>
      </div>
      {problem.value !== undefined && (
        <p class="field-error" role="alert">
          {texts.failed}: {sentenceOf(problem.value)}
        </p>
      )}
    </Section>
  );
}
