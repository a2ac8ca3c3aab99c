import { textsOf } from "gradus-parts/text/language.ts";
import { EN } from "./charts-en.ts";
import { KO } from "./charts-ko.ts";

/** Texts of the charts in the page's language. */
export const chartTexts = textsOf({ en: EN, ko: KO });

export type { ChartMeasure, ChartTexts } from "./charts-texts.ts";
