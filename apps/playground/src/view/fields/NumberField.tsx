import { type NumberFieldProps, NumberField as Part } from "gradus-parts/fields/NumberField.tsx";
import { uiTexts } from "../../text/ui.ts";

/** A number to type, with the page's words for what it refuses. */
export function NumberField(props: Omit<NumberFieldProps, "words">) {
  return <Part {...props} words={uiTexts.value.errors} />;
}
