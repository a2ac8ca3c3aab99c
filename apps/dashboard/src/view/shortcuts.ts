import type { Actions } from "../state/dashboard.ts";
import { COMMANDS, type CommandName } from "../text/ui.ts";
import { KEYS } from "./HelpDialog.tsx";

/** What a key of the page does; undefined: it has no meaning here. Keys that are typed into a field are the field's. */
export function commandFor(event: KeyboardEvent, actions: Actions, openHelp: () => void): (() => void) | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return undefined;
  const command = COMMANDS.find((each) => KEYS[each].toLowerCase() === event.key.toLowerCase());
  if (command === undefined) return undefined;
  const focus = (id: string) => () => document.getElementById(id)?.focus();
  const commands: Readonly<Record<CommandName, () => void>> = {
    search: focus("run-filter"),
    measures: focus("measure-search"),
    curves: () => actions.set({ tab: "curves" }),
    compare: () => actions.set({ tab: "compare" }),
    run: () => actions.set({ tab: "run" }),
    help: openHelp,
  };
  return commands[command];
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}
