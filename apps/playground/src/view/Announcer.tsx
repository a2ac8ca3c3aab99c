import { nameOf } from "gradus/words";
import type { Announcement } from "../state/store.ts";
import { language } from "../text/language.ts";
import { formatCount } from "../text/numbers.ts";
import { uiTexts } from "../text/ui.ts";
import { NETWORK_NAMES } from "../text/ui-names.ts";
import { usePlayground } from "./context.ts";

/** Says to screen readers what has happened. */
export function Announcer() {
  const announcement = usePlayground().store.announcement.value;
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {announcement !== undefined && inWords(announcement)}
    </div>
  );
}

function inWords(announcement: Announcement): string {
  const { announcements: texts, network } = uiTexts.value;
  switch (announcement.kind) {
    case "failure":
      return texts.failure(
        network(NETWORK_NAMES[announcement.network]),
        formatCount(announcement.step),
        announcement.layer,
      );
    case "finding":
      return texts.finding(network(NETWORK_NAMES[announcement.network]), nameOf(announcement.problem, language.value));
    default:
      return texts[announcement.kind];
  }
}
