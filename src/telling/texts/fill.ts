import { formatCount, formatNumber, formatShare } from "./numbers.ts";
import { withParticle } from "./particles.ts";
import type { Template, Texts } from "./texts.ts";

export type Gaps = Readonly<Record<string, string | number | undefined>>;

/** A gap in a template: name, format, particles. */
const GAP = /\{(?<name>[a-zA-Z]+)(?<form>[%#@]?)(?:\|(?<particles>[^}]+))?\}/g;
const OPTIONAL = /\[([^[\]]*)\]/g;

/** Fills the gaps of a template. A gap outside brackets without a value becomes "?". */
export function fill(template: Template, gaps: Gaps, texts: Texts): string {
  const filling = (name: string) => (Object.hasOwn(gaps, name) ? gaps[name] : undefined);
  const has = (part: string) =>
    [...part.matchAll(GAP)].every(({ groups }) => filling(groups?.name ?? "") !== undefined);
  return template
    .replace(OPTIONAL, (_, part: string) => (has(part) ? part : ""))
    .replace(GAP, (...all) => {
      const { name, form, particles } = all.at(-1) as Record<"name" | "form", string> & { particles?: string };
      const value = filling(name);
      const text = value === undefined ? "?" : written(name, value, form, gaps.metric, texts);
      return particles === undefined ? text : withParticle(text, particles);
    });
}

function written(
  name: string,
  value: string | number,
  form: string,
  metric: string | number | undefined,
  texts: Texts,
): string {
  if (typeof value === "string") return USERS_OWN.includes(name) ? value : translated(value, wordsFor(name, texts));
  if (form === "%" || (form === "@" && metric !== "r2")) return formatShare(value, texts);
  return form === "#" ? formatCount(value) : formatNumber(value);
}

/** Gaps that hold names from the user's configuration; they are never translated. */
const USERS_OWN: readonly string[] = ["layer", "type", "loss", "optimizer", "feature"];

function wordsFor(gap: string, { words, measures, learners }: Texts): Readonly<Record<string, string>> {
  return gap === "learner" ? learners : gap === "metric" ? measures : words;
}

/** A word in the reader's language; unchanged if the table does not have it. */
export function translated(word: string, words: Readonly<Record<string, string>>): string {
  const whole = Object.hasOwn(words, word) ? words[word] : undefined;
  if (whole !== undefined) return whole;
  for (const [pattern, text] of Object.entries(words)) {
    const [before, after] = pattern.split("*");
    if (before === undefined || after === undefined) continue;
    if (word.startsWith(before) && word.endsWith(after) && word.length > pattern.length - 1)
      return text.replace("*", () => word.slice(before.length, word.length - after.length));
  }
  return word;
}
