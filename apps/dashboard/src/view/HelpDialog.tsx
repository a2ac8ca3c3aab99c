import { useEffect, useRef } from "preact/hooks";
import { COMMANDS, type CommandName, uiTexts } from "../text/ui.ts";

/** Keys of the page's commands. */
export const KEYS: Readonly<Record<CommandName, string>> = {
  search: "/",
  measures: "M",
  curves: "1",
  compare: "2",
  run: "3",
  help: "?",
};

interface HelpDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** What the page can do, and its keys. */
export function HelpDialog({ isOpen, onClose }: HelpDialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const { help, close } = uiTexts.value;
  useEffect(() => {
    if (isOpen) ref.current?.showModal();
    else ref.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={ref} class="help" aria-labelledby="help-title" onClose={onClose}>
      <div class="panel-head">
        <h2 id="help-title">{help.title}</h2>
        <button type="button" onClick={onClose}>
          {close}
        </button>
      </div>
      {help.about.map((each) => (
        <p key={each}>{each}</p>
      ))}
      <h3>{help.filterTitle}</h3>
      <Keys items={help.filters} />
      <h3>{help.shortcuts}</h3>
      <Keys items={COMMANDS.map((command) => [KEYS[command], help.commands[command]])} />
      <h3>{help.onRuns}</h3>
      <Keys items={help.runKeys} />
      <h3>{help.privacyTitle}</h3>
      <p>{help.privacy}</p>
    </dialog>
  );
}

function Keys({ items }: { readonly items: readonly (readonly [keys: string, what: string])[] }) {
  return (
    <dl class="keys">
      {items.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
