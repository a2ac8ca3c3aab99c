import { useEffect, useId, useState } from "preact/hooks";
import { describedBy, Field } from "./Field.tsx";
import type { Labelled } from "./labelled.ts";

/** Values that a field accepts. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly isInteger?: boolean;
}

/** What is wrong with a text, in the page's language. */
export interface NumberWords {
  readonly notANumber: string;
  readonly outOfRange: (low: string, high: string) => string;
}

export interface NumberFieldProps {
  readonly text: Labelled;
  readonly words: NumberWords;
  readonly value: number;
  readonly range: Range;
  readonly onChange: (value: number) => void;
}

/** The value, or a sentence that says what is wrong with the text. */
export function parseNumber(
  text: string,
  { low, high, isInteger = false }: Range,
  words: NumberWords,
): number | string {
  const value = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value)) return words.notANumber;
  const rounded = isInteger ? Math.round(value) : value;
  return rounded < low || rounded > high ? words.outOfRange(String(low), String(high)) : rounded;
}

/** A number to type. What cannot be accepted stays in the field, with the reason under it; the value stays as it was. */
export function NumberField({ text, words, value, range, onChange }: NumberFieldProps) {
  const id = useId();
  const { draft, error, type } = useDraft(value, range, words, onChange);
  return (
    <Field id={id} {...text} error={error}>
      <NumberInput id={id} draft={draft} error={error} onInput={type} />
    </Field>
  );
}

interface NumberInputProps {
  readonly id: string;
  readonly draft: string;
  readonly error: string | undefined;
  readonly onInput: (text: string) => void;
  readonly label?: string;
}

export function NumberInput({ id, draft, error, onInput, label }: NumberInputProps) {
  return (
    <input
      class="number"
      id={id}
      type="text"
      inputMode="decimal"
      autocomplete="off"
      spellcheck={false}
      aria-label={label}
      aria-describedby={describedBy(id, error)}
      aria-invalid={error !== undefined}
      value={draft}
      onInput={({ currentTarget }) => onInput(currentTarget.value)}
    />
  );
}

/** The text that is being typed, and what is wrong with it. A new value from elsewhere replaces it. */
export function useDraft(value: number, range: Range, words: NumberWords, onChange: (value: number) => void) {
  const [draft, setDraft] = useState(String(value));
  const parsed = parseNumber(draft, range, words);
  // while "0.0" is typed, 0 must not replace it
  useEffect(() => {
    if (parseNumber(draft, range, words) !== value) setDraft(String(value));
  }, [value]);
  const type = (typed: string) => {
    setDraft(typed);
    const result = parseNumber(typed, range, words);
    if (typeof result === "number" && result !== value) onChange(result);
  };
  return { draft, error: typeof parsed === "string" ? parsed : undefined, type };
}
