import { useSignal } from "@preact/signals";
import { type Language, language } from "gradus-parts/text/language.ts";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { useEffect } from "preact/hooks";
import type { Announcement } from "../state/store.ts";
import { uiTexts } from "../text/ui.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { usePlayground } from "./context.ts";

/** Says to screen readers what has happened. */
export function Announcer() {
  const announcement = usePlayground().store.announcement.value;
  const spoken = language.value;
  const sentence = useSignal("");
  useEffect(() => {
    let isLatest = true;
    if (announcement !== undefined) {
      void inWords(announcement, spoken).then((words) => {
        if (isLatest) sentence.value = words;
      });
    }
    return () => {
      isLatest = false;
    };
  }, [announcement, spoken]);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {sentence}
    </div>
  );
}

async function inWords(announcement: Announcement, spoken: Language): Promise<string> {
  const { announcements: texts, network } = uiTexts.value;
  switch (announcement.kind) {
    case "failure":
      return texts.failure(
        network(NETWORK_NAMES[announcement.network]),
        formatCount(announcement.step),
        announcement.layer,
      );
    case "finding": {
      // the doctor's words are not needed for the first paint
      const { nameOf } = await import("gradus/words");
      return texts.finding(network(NETWORK_NAMES[announcement.network]), nameOf(announcement.problem, spoken));
    }
    default:
      return texts[announcement.kind];
  }
}
