import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** The languages of the page. */
export const LANGUAGES = ["en", "ko"] as const;
export type Language = (typeof LANGUAGES)[number];

function preferred(): Language {
  // tests run without a browser
  const { languages = [] } = (globalThis as { readonly navigator?: Partial<Navigator> }).navigator ?? {};
  const found = languages
    .map((each) => each.slice(0, 2))
    .find((each) => (LANGUAGES as readonly string[]).includes(each));
  return (found as Language | undefined) ?? "en";
}

/** The page's language: the browser's, until the user chooses. */
export const language = signal<Language>(preferred());

/** A table of texts in the page's language. Each part of the page has its own table, complete by type in every language. */
export function textsOf<Texts>(tables: Readonly<Record<Language, Texts>>): ReadonlySignal<Texts> {
  return computed(() => tables[language.value]);
}
