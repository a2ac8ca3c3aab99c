import { signal } from "@preact/signals";
import { harmless } from "gradus-parts/text/harmless.ts";
import { useEffect } from "preact/hooks";
import { useDashboard } from "../state/context.ts";
import type { Announcement, Store } from "../state/dashboard.ts";
import { uiTexts } from "../text/ui.ts";

const sentence = signal("");

/** Says something to screen readers. */
export function say(words: string): void {
  sentence.value = words;
}

/** Says to screen readers what has happened. */
export function Announcer() {
  const { store } = useDashboard();
  const announcement = store.announcement.value;
  useEffect(() => {
    if (announcement !== undefined) say(inWords(announcement, store));
  }, [announcement]);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {sentence}
    </div>
  );
}

function inWords(announcement: Announcement, { runs }: Store): string {
  const { announcements: texts, statuses } = uiTexts.value;
  if (!("run" in announcement)) return texts[announcement.kind];
  const run = runs.find(announcement.run)?.summary.peek();
  const name = harmless(run?.name ?? announcement.run);
  return announcement.kind === "appeared"
    ? texts.appeared(name)
    : texts.ended(name, statuses[run?.status ?? "unknown"].label);
}
