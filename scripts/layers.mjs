// Which folder of src/ may import from which, and why. Data flows one way; imports go down only.
// Checked by check-layers.mjs. A name stands for the folder and all below it, unless a longer name is listed too.

const foundations = ["core", "graph", "autodiff", "codegen", "compiler", "runtime", "engine", "tensor"];

export const layers = {
  core: { may: [], why: "shapes, errors and random numbers are what all else stands on" },
  graph: { may: ["core"], why: "the graph is pure data; it knows no backend and no derivative" },
  autodiff: { may: ["core", "graph"], why: "a derivative is a graph made from a graph" },
  codegen: { may: ["core"], why: "an assembler knows vectors and bytes, not networks" },
  "codegen/x64": { may: ["core", "codegen"], why: "a target must be removable without touching its siblings" },
  "codegen/wasm": { may: ["core", "codegen"], why: "a target must be removable without touching its siblings" },
  compiler: {
    may: ["core", "graph", "codegen"],
    why: "it lowers graphs to vector programs; who runs them is not its business",
  },
  runtime: { may: ["core", "graph", "codegen"], why: "it runs programs and does not plan them" },
  engine: {
    may: ["core", "graph", "autodiff", "codegen", "compiler", "runtime"],
    why: "the only module that knows every stage; the user's tensor stands on it, not under it",
  },
  tensor: {
    may: foundations.filter((name) => name !== "tensor"),
    why: "layers are written with tensors, never the reverse",
  },
  nn: { may: foundations, why: "a model is data and does not know how it is trained" },
  models: { may: [...foundations, "nn"], why: "a builder returns model data; layers do not know whole networks" },
  optim: { may: [...foundations, "nn"], why: "an optimiser updates trees of tensors; it knows no data and no loop" },
  io: { may: ["core"], why: "file formats hold typed arrays and are used without the engine" },
  data: { may: ["core", "io"], why: "data sets are typed arrays and are used without the engine" },
  train: { may: [...foundations, "nn", "optim", "io", "data"], why: "the loop joins model, optimiser and data" },
  report: { may: ["core"], why: "it draws charts and knows neither runs nor findings" },
  doctor: {
    may: [...foundations, "nn", "optim", "io", "data", "train", "report"],
    why: "it watches runs; runs do not know that they are watched",
  },
  cli: {
    may: [...foundations, "nn", "models", "optim", "io", "data", "train", "report", "doctor"],
    why: "commands are the outermost layer; nothing imports them",
  },
};

/** Files that stand directly in src/. */
export const root = {
  may: Object.keys(layers).filter((name) => name !== "cli"),
  why: "the public surface exports from everywhere but the command line",
};
