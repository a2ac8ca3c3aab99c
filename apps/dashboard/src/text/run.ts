import { textsOf } from "gradus-parts/text/language.ts";
import { RUN_EN } from "./run-en.ts";
import { RUN_KO } from "./run-ko.ts";

/** The texts of one run's view, in the page's language. */
export const runTexts = textsOf({ en: RUN_EN, ko: RUN_KO });

export type { FactName, RunTexts, SectionName } from "./run-texts.ts";
export { FACTS, SECTIONS } from "./run-texts.ts";
