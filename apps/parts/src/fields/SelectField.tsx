import { useId } from "preact/hooks";
import { describedBy, Field } from "./Field.tsx";
import type { Labelled } from "./labelled.ts";

interface SelectFieldProps<Value extends string> {
  readonly text: Labelled;
  readonly value: Value;
  readonly options: readonly Value[];
  readonly nameOf: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>({ text, value, options, nameOf, onChange }: SelectFieldProps<Value>) {
  const id = useId();
  return (
    <Field id={id} {...text}>
      <select
        id={id}
        aria-describedby={describedBy(id, undefined)}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options[currentTarget.selectedIndex];
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {nameOf(option)}
          </option>
        ))}
      </select>
    </Field>
  );
}
