import { SliderField as Part, type SliderFieldProps } from "gradus-parts/fields/SliderField.tsx";
import { uiTexts } from "../../text/ui.ts";

/** A slider, with the page's words for what its field refuses. */
export function SliderField(props: Omit<SliderFieldProps, "words">) {
  return <Part {...props} words={uiTexts.value.errors} />;
}
