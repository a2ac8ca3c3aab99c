// The rooms of the dashboard's page: what each may import, and why. Checked by scripts/check-layers.mjs, as those of the library are.

export const layers = {
  data: {
    may: [],
    host: "any",
    packages: ["@preact/signals", "gradus"],
    why: "it speaks with the server, or reads a saved page; it knows no view",
  },
  state: {
    may: ["data"],
    host: "any",
    packages: ["@preact/signals", "gradus", "preact"],
    why: "the one place where the page's state is; views read it",
  },
  charts: {
    may: ["data", "state"],
    host: "any",
    packages: ["@preact/signals", "gradus", "gradus-parts", "preact", "uplot"],
    why: "a chart draws what it is given, with words that it is given",
  },
  text: {
    may: ["charts", "state"],
    host: "any",
    packages: ["gradus", "gradus-parts"],
    why: "a table of words is complete by the type of what it names",
  },
  style: { may: [], host: "any", packages: [], why: "a style sheet names classes, not modules" },
  view: {
    may: ["charts", "data", "state", "text"],
    host: "any",
    packages: ["@preact/signals", "gradus", "gradus-parts", "preact"],
    why: "it shows the state and calls its actions; nothing imports it",
  },
};

/** Files that stand directly in src/. */
export const root = {
  may: Object.keys(layers),
  packages: ["gradus-parts", "preact"],
  needNode: [],
  why: "an entry joins the rooms",
};
