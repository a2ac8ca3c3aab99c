import type { Language } from "../../../telling/texts/texts.ts";
import { EN } from "./en.ts";
import { KO } from "./ko.ts";
import type { DemoTexts } from "./texts.ts";

export const DEMO_TEXTS = { en: EN, ko: KO } as const satisfies Record<Language, DemoTexts>;
