import { useId } from "preact/hooks";
import { describedBy, Field } from "./Field.tsx";
import type { Labelled } from "./labelled.ts";
import { NumberInput, type NumberWords, type Range, useDraft } from "./NumberField.tsx";

export interface SliderFieldProps {
  readonly text: Labelled;
  readonly words: NumberWords;
  readonly value: number;
  readonly range: Range;
  /** "log": equal ways are equal factors; `steps` of them from end to end. Default: linear. */
  readonly scale?: "linear" | "log";
  /** Positions of the slider. Default 100. */
  readonly steps?: number;
  /** Writes the value beside the label; without it there is a field with the exact number. */
  readonly format?: (value: number) => string;
  readonly onChange: (value: number) => void;
}

/** A slider, with its value as text or as a field in which any number within the range can be typed. */
export function SliderField(props: SliderFieldProps) {
  const { text, words, value, range, scale = "linear", steps = 100, format, onChange } = props;
  const id = useId();
  const { draft, error, type } = useDraft(value, range, words, onChange);
  const position = positionOf(value, range, scale) * steps;
  const shown = format?.(value);
  return (
    <Field id={id} {...text} error={error} value={shown}>
      <div class="slider-row">
        <input
          type="range"
          id={id}
          min={0}
          max={steps}
          step={1}
          value={position}
          aria-describedby={describedBy(id, error)}
          aria-valuetext={shown ?? String(value)}
          onInput={({ currentTarget }) => onChange(valueAt(Number(currentTarget.value) / steps, range, scale))}
        />
        {format === undefined && (
          <NumberInput id={`${id}-exact`} draft={draft} error={error} onInput={type} label={text.label} />
        )}
      </div>
    </Field>
  );
}

/** Where a value lies, 0 to 1. */
function positionOf(value: number, { low, high }: Range, scale: "linear" | "log"): number {
  const share =
    scale === "log" ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.max(0, Math.min(1, share));
}

/** The value at a place, with two digits: 0.0032, not 0.003162. */
function valueAt(share: number, { low, high, isInteger = false }: Range, scale: "linear" | "log"): number {
  const value = scale === "log" ? low * (high / low) ** share : low + share * (high - low);
  if (isInteger) return Math.round(value);
  const digits = scale === "log" ? 2 : 3;
  return Number(value.toPrecision(digits));
}
