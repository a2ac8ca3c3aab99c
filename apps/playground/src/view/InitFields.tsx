import { SelectField } from "gradus-parts/fields/SelectField.tsx";
import type { Init, InitName } from "../config/config.ts";
import { uiTexts } from "../text/ui.ts";
import { INIT_NAMES } from "../text/ui-names.ts";
import { NumberField } from "./fields/NumberField.tsx";

interface InitFieldsProps {
  readonly init: Init;
  readonly inits: readonly InitName[];
  readonly onChange: (init: Init) => void;
}

/** How weights are drawn, with the deviation where it is not given by the layer's size. */
export function InitFields({ init, inits, onChange }: InitFieldsProps) {
  const texts = uiTexts.value.block;
  const nameOf = (name: InitName) =>
    INIT_NAMES[name] ?? (texts.inits as Readonly<Record<string, string>>)[name] ?? name;
  return (
    <>
      <SelectField
        text={texts.init}
        value={init.type}
        options={inits}
        nameOf={nameOf}
        onChange={(type) => onChange(type === "normal" ? { type, std: init.std ?? 0.01 } : { type })}
      />
      {init.type === "normal" && (
        <NumberField
          text={texts.std}
          value={init.std ?? 0.01}
          range={{ low: 1e-6, high: 1000 }}
          onChange={(std) => onChange({ type: "normal", std })}
        />
      )}
    </>
  );
}
