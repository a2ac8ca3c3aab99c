import { textsOf } from "gradus-parts/text/language.ts";
import { STORIES_EN } from "./stories-en.ts";
import { STORIES_KO } from "./stories-ko.ts";

/** The words of the guided stories in the page's language. */
export const storiesTexts = textsOf({ en: STORIES_EN, ko: STORIES_KO });
