import { useId } from "preact/hooks";
import { describedBy } from "./Field.tsx";
import type { Labelled } from "./labelled.ts";

interface ToggleProps {
  readonly text: Labelled;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** A box to tick. */
export function Toggle({ text, isOn, onChange }: ToggleProps) {
  const id = useId();
  return (
    <div class="field toggle">
      <input
        type="checkbox"
        id={id}
        checked={isOn}
        aria-describedby={describedBy(id, undefined)}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <label for={id}>{text.label}</label>
      <div class="hint" id={`${id}-hint`}>
        {text.hint}
      </div>
    </div>
  );
}
