import type { ComponentChildren } from "preact";

interface FieldProps {
  readonly id: string;
  readonly label: string;
  /** What the value means, with its unit. */
  readonly hint: string;
  /** What is wrong with the value, if anything is. */
  readonly error?: string | undefined;
  /** Beside the label, right-aligned: the value of a slider. */
  readonly value?: string | undefined;
  readonly children: ComponentChildren;
}

/** A label above its control; the hint appears on hover and focus, and a screen reader reads it with the control. */
export function Field({ id, label, hint, error, value, children }: FieldProps) {
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>{label}</label>
        {value !== undefined && <output for={id}>{value}</output>}
      </div>
      {children}
      <div class="hint" id={`${id}-hint`}>
        {hint}
      </div>
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** What describes the control: its hint, and its error. */
export const describedBy = (id: string, error: string | undefined) =>
  error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`;
