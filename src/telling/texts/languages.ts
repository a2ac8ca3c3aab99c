import { EN } from "./en.ts";
import { KO } from "./ko.ts";
import type { Language, Texts } from "./texts.ts";

export const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, ko: KO };
