// The rooms of the playground: what each may import, and why. Checked by scripts/check-layers.mjs, as those of the library are. Every room
// runs in a page or a worker.

export const layers = {
  config: { may: [], host: "any", packages: ["gradus"], why: "what a person builds is plain data" },
  lab: {
    may: ["config"],
    host: "any",
    packages: ["gradus"],
    why: "it trains in a worker, and its client speaks with it; it knows no view",
  },
  export: {
    may: ["config", "lab"],
    host: "any",
    packages: ["gradus"],
    why: "files are made from data, not from views",
  },
  text: {
    may: ["config", "lab"],
    host: "any",
    packages: ["gradus-parts"],
    why: "a table of words is complete by the type of what it names",
  },
  stories: {
    may: ["config", "lab", "text", "state"],
    host: "any",
    packages: ["gradus"],
    why: "a story is a configuration and promises about a run",
  },
  state: {
    may: ["config", "lab"],
    host: "any",
    packages: ["@preact/signals", "gradus"],
    why: "the one place where the page's state is; views read it",
  },
  charts: {
    may: ["config", "lab", "text", "state"],
    host: "any",
    packages: ["gradus", "gradus-parts", "preact", "uplot"],
    why: "a chart draws what it is given",
  },
  style: { may: [], host: "any", packages: [], why: "a style sheet names classes, not modules" },
  view: {
    may: ["config", "lab", "export", "text", "stories", "state", "charts", "style"],
    host: "any",
    // formulas.ts at build time
    packages: ["@preact/signals", "gradus", "gradus-parts", "preact", "virtual:formulas"],
    why: "it shows the state and calls its actions; nothing imports it",
  },
};

/** Files that stand directly in src/. */
export const root = {
  may: Object.keys(layers),
  packages: ["gradus", "gradus-parts", "preact"],
  needNode: [],
  why: "an entry starts a thread",
};
