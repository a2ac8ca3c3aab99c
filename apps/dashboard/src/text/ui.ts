import { textsOf } from "gradus-parts/text/language.ts";
import { EN } from "./ui-en.ts";
import { KO } from "./ui-ko.ts";

/** The page's texts in its language. */
export const uiTexts = textsOf({ en: EN, ko: KO });

export type { CommandName, UiTexts } from "./ui-texts.ts";
export { COMMANDS } from "./ui-texts.ts";
