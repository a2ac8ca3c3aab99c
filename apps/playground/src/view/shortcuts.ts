import type { Actions } from "../state/actions.ts";

/** Elements to which the keys belong: typing in them is no command. */
const TYPING = "input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";
/** Elements that the space bar presses. */
const PRESSED = "button, summary, a, [role=button], input";

/** What a key asks for, anywhere on the page; undefined: nothing, or the focused element wants the key itself. */
export function commandFor(event: KeyboardEvent, actions: Actions, openHelp: () => void): (() => void) | undefined {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.isComposing || target.closest("dialog") !== null) return undefined;
  const key = event.key.toLowerCase();
  if (target.matches(TYPING)) return undefined;
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey) return undefined;
    if (key === "z") return event.shiftKey ? actions.redo : actions.undo;
    return key === "y" ? actions.redo : undefined;
  }
  if (event.altKey || (event.repeat && key !== "s")) return undefined;
  switch (key) {
    case " ":
      return target.matches(PRESSED) ? undefined : actions.togglePlay;
    case "s":
      return actions.step;
    case "e":
      return actions.epoch;
    case "r":
      return actions.reset;
    case "?":
      return openHelp;
    default:
      return undefined;
  }
}
