import { useId } from "preact/hooks";

interface SegmentedProps<Value extends string> {
  /** For screen readers; shown where `isLabelShown`. */
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Value[];
  readonly nameOf: (value: Value) => string;
  readonly titleOf?: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

/** A choice among a few, all of them in sight: radio buttons in a row. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, options, nameOf, titleOf, onChange } = props;
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option} title={titleOf?.(option)}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          <span>{nameOf(option)}</span>
        </label>
      ))}
    </fieldset>
  );
}
