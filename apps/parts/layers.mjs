// The rooms of what both pages share: what each may import, and why. Parts know no state and no words of a page: words come as props.

export const layers = {
  text: {
    may: [],
    host: "any",
    packages: ["@preact/signals"],
    why: "numbers are written alike in all languages, and a language is chosen in one place",
  },
  style: { may: [], host: "any", packages: [], why: "a style sheet names classes, not modules" },
  base: {
    may: [],
    host: "any",
    packages: ["@preact/signals", "preact"],
    why: "what every chart stands on knows no chart",
  },
  curves: { may: [], host: "any", packages: [], why: "what every chart of curves has" },
  fields: { may: [], host: "any", packages: ["preact"], why: "a field has a value and words, nothing else" },
  heat: {
    may: ["base", "text"],
    host: "any",
    packages: [],
    why: "a map of layers and steps is drawn from plain values",
  },
  histogram: {
    may: ["base", "text"],
    host: "any",
    packages: ["preact"],
    why: "it draws counts, with words that it is given",
  },
  page: { may: [], host: "any", packages: ["@preact/signals", "preact"], why: "what a page has around its charts" },
};

/** Files that stand directly in src/: none. */
export const root = { may: [], packages: [], needNode: [], why: "every part is in a room" };
