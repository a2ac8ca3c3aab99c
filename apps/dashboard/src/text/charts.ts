import { textsOf } from "gradus-parts/text/language.ts";
import { CHARTS_EN } from "./charts-en.ts";
import { CHARTS_KO } from "./charts-ko.ts";

/** The words of the charts, in the page's language. */
export const chartTexts = textsOf({ en: CHARTS_EN, ko: CHARTS_KO });
