// Names of countries, languages and currencies in eight languages. They come with Node: its Intl carries the Unicode CLDR's names.
import { GradusError } from "../../src/index.ts";

export const LANGUAGES = {
  en: "English",
  de: "German",
  fr: "French",
  es: "Spanish",
  it: "Italian",
  pl: "Polish",
  fi: "Finnish",
  hu: "Hungarian",
} as const;

type Language = keyof typeof LANGUAGES;

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

/** Codes that have an English name: codes of two letters, for languages also of three; all currencies. Of several codes for one thing (RS and
 *  the withdrawn YU) the first. */
function codesOf(type: "region" | "language" | "currency"): readonly string[] {
  const english = new Intl.DisplayNames("en", { type, fallback: "none" });
  const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  const upper = pairs.map((pair) => pair.toUpperCase());
  const triples = pairs.flatMap((pair) => LETTERS.map((third) => pair + third));
  const codes = { region: upper, language: [...pairs, ...triples], currency: Intl.supportedValuesOf("currency") }[type];
  const byName = new Map(codes.map((code) => [english.of(code), code] as const).reverse());
  return codes.filter((code) => byName.get(english.of(code)) === code && english.of(code) !== undefined);
}

/** Names in lower case, and for each the index of its language in `LANGUAGES`. */
export interface Names {
  readonly texts: readonly string[];
  readonly labels: readonly number[];
}

/** Every fifth named thing is for the test, in all languages, so that training sees no test name in any language. */
const TEST_EVERY = 5;

/** All names except those that are the same in two languages, which no reader can distinguish.
 *  @throws GradusError `bad-data` if this Node was built without the languages (small-icu). */
export function namesByLanguage(): { readonly train: Names; readonly test: Names } {
  const languages = Object.keys(LANGUAGES) as Language[];
  const missing = languages.filter((language) => Intl.DisplayNames.supportedLocalesOf(language).length === 0);
  if (missing.length > 0) {
    throw new GradusError("bad-data", `this Node has no names in ${missing}. Use one that was built with full-icu.`, {
      missing,
    });
  }
  const named = (["region", "language", "currency"] as const).flatMap((type) =>
    codesOf(type).map((code) =>
      languages.map((language) => {
        const name = new Intl.DisplayNames(language, { type, fallback: "none" }).of(code);
        return name?.toLocaleLowerCase(language);
      }),
    ),
  );
  const labelsOf = new Map<string, Set<number>>();
  for (const names of named) {
    names.forEach((name, label) => {
      if (name !== undefined) labelsOf.set(name, (labelsOf.get(name) ?? new Set()).add(label));
    });
  }
  const part = (isTest: boolean): Names => {
    const entries = named
      .filter((_, index) => (index % TEST_EVERY === 0) === isTest)
      .flatMap((names) =>
        names.flatMap((name, label) => (name !== undefined && labelsOf.get(name)?.size === 1 ? [{ name, label }] : [])),
      );
    return { texts: entries.map(({ name }) => name), labels: entries.map(({ label }) => label) };
  };
  const train = part(false);
  // in Finnish, China and Chinese are the same word
  const seen = new Set(train.texts);
  const { texts, labels } = part(true);
  const isNew = (_: unknown, index: number) => !seen.has(texts[index] as string);
  return { train, test: { texts: texts.filter(isNew), labels: labels.filter(isNew) } };
}
