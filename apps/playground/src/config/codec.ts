// Parts of an address: words and numbers with names, `adam,rate:0.001`. What cannot be read is reported, and the rest is kept.

/** What was expected in an address, and what stood there. */
export interface AddressProblem {
  readonly code: "bad-address";
  readonly message: string;
  readonly values: { readonly part: string; readonly got: string; readonly expected: string };
}

export type Report = (part: string, got: string, expected: string) => void;

/** Collects what could not be read. */
export function createReport(problems: AddressProblem[]): Report {
  return (part, got, expected) => {
    const message = `${part}: expected ${expected}, got "${got}". The default is used instead.`;
    problems.push({ code: "bad-address", message, values: { part, got, expected } });
  };
}

/** A list of words and `name:value` pairs: `dense:100,relu,skip`. */
export function encodeFields(words: readonly (string | readonly [string, string | number | undefined])[]): string {
  return words
    .flatMap((word) => {
      if (typeof word === "string") return word === "" ? [] : [word];
      const [name, value] = word;
      return value === undefined ? [] : [`${name}:${value}`];
    })
    .join(",");
}

/** The fields of such a list. Reading a field takes it out; what is left was not understood. */
export class FieldReader {
  readonly #part: string;
  readonly #fields: string[];
  readonly #report: Report;

  constructor(part: string, text: string, report: Report) {
    this.#part = part;
    this.#fields = text.split(",").filter((field) => field !== "");
    this.#report = report;
  }

  /** Whether the word is there. */
  flag(word: string): boolean {
    const index = this.#fields.indexOf(word);
    if (index >= 0) this.#fields.splice(index, 1);
    return index >= 0;
  }

  /** The first of the words that is there. */
  oneOf<Word extends string>(words: readonly Word[]): Word | undefined {
    return words.find((word) => this.flag(word));
  }

  /** The text after `name:`. */
  text(name: string): string | undefined {
    const index = this.#fields.findIndex((field) => field.startsWith(`${name}:`));
    return index < 0 ? undefined : this.#fields.splice(index, 1)[0]?.slice(name.length + 1);
  }

  /** One of the words after `name:`; reported if it is another one. */
  named<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const found = words.find((word) => word === text);
    if (text !== undefined && found === undefined)
      this.#report(`${this.#part}.${name}`, text, `one of ${words.join(", ")}`);
    return found;
  }

  /** The number after `name:`; reported if it is none, or outside the range. */
  number(name: string, low: number, high: number, isWhole = false): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value >= low && value <= high && (!isWhole || Number.isInteger(value))) return value;
    this.#report(`${this.#part}.${name}`, text, `a ${isWhole ? "whole " : ""}number from ${low} to ${high}`);
    return undefined;
  }

  whole(name: string, low: number, high: number): number | undefined {
    return this.number(name, low, high, true);
  }

  /** Reports the fields that nobody has read. */
  end(): void {
    for (const field of this.#fields) this.#report(this.#part, field, "a field that this page knows");
  }
}
