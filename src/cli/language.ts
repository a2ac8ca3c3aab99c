import { requireKnownName } from "../core/suggest.ts";
import { LANGUAGES, type Language } from "../telling/texts/texts.ts";

/** @throws GradusError `unknown-field` for an unknown language. */
export function languageOf(given: string): Language {
  requireKnownName("--lang", "language", given, LANGUAGES);
  return given;
}
