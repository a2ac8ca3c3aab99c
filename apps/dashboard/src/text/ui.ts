import { textsOf } from "gradus-parts/text/language.ts";
import { EN } from "./ui-en.ts";
import { KO } from "./ui-ko.ts";

/** The page's texts in its language. */
export const uiTexts = textsOf({ en: EN, ko: KO });

export type { CommandName, MeasureGroupName, UiTexts } from "./ui-texts.ts";
export { COMMANDS, MEASURE_GROUPS } from "./ui-texts.ts";
