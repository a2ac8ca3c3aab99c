// The rooms of src/: what each may import, which host it needs, which packages it uses, and why. Data flows one way; imports go down only.
// Checked by check-layers.mjs, which also refuses a permission that nobody uses. A name stands for the folder and all below it, unless a
// longer name is listed too.
//
//   may       the rooms it may import from; one for any host imports one that needs Node by `import()` only
//   host      "any": runs in a page, a worker, Node, Bun and Deno, and names no `node:` module, `Buffer` or `process`; "node": needs Node
//   packages  the npm packages that it may import; "any" rooms take only those that run anywhere

export const layers = {
  core: {
    may: [],
    host: "any",
    packages: ["fastest-levenshtein"],
    why: "shapes, errors and random numbers are what all else stands on",
  },
  graph: { may: ["core"], host: "any", why: "the graph is pure data; it knows no backend and no derivative" },
  autodiff: { may: ["core", "graph"], host: "any", why: "a derivative is a graph made from a graph" },
  codegen: { may: ["core"], host: "any", why: "an assembler knows vectors and bytes, not networks" },
  "codegen/x64": {
    may: ["core", "codegen"],
    host: "any",
    why: "a target must be removable without touching its siblings",
  },
  "codegen/wasm": {
    may: ["core", "codegen"],
    host: "any",
    why: "a target must be removable without touching its siblings",
  },
  compiler: {
    may: ["core", "graph"],
    host: "any",
    why: "it plans kernels and memory; what kernels are written in is a lowering's business",
  },
  "lowering/vector": {
    may: ["core", "graph", "codegen", "compiler"],
    host: "any",
    why: "it turns kernels into vector programs and knows no target's bytes",
  },
  runtime: { may: ["core", "graph", "codegen"], host: "any", why: "it runs programs and does not plan them" },
  "runtime/native": {
    may: ["core", "codegen", "runtime"],
    host: "any",
    why: "it runs machine code and does not plan it",
  },
  engine: {
    may: ["core", "graph", "codegen", "compiler", "lowering/vector", "runtime"],
    host: "any",
    why: "the only module that knows every stage; the user's tensor stands on it, not under it",
  },
  tensor: {
    may: ["core", "graph", "autodiff", "runtime", "engine"],
    host: "any",
    why: "layers are written with tensors, never the reverse",
  },
  nn: { may: ["core", "graph", "tensor"], host: "any", why: "a model is data and does not know how it is trained" },
  models: { may: ["core", "nn"], host: "any", why: "a builder returns model data; layers do not know whole networks" },
  optim: {
    may: ["core", "graph", "tensor"],
    host: "any",
    why: "an optimiser updates trees of tensors; it knows no data and no loop",
  },
  io: {
    may: ["core"],
    host: "any",
    packages: ["pbf"],
    why: "file formats are bytes and arrays; they know no file system and no engine",
  },
  data: { may: ["core", "io"], host: "any", why: "data sets are typed arrays and are used without the engine" },
  train: {
    may: ["core", "graph", "runtime", "engine", "tensor", "nn", "optim", "io", "data"],
    host: "any",
    why: "the loop joins model, optimiser and data",
  },
  watch: {
    may: ["core", "runtime", "tensor", "nn", "optim", "io", "data", "train"],
    host: "any",
    why: "it records what happens in a run; it knows no disease",
  },
  report: {
    may: ["core"],
    host: "any",
    packages: ["echarts"],
    why: "it draws charts and knows neither runs nor findings",
  },
  doctor: {
    may: ["core", "runtime", "engine", "nn", "optim", "data", "train", "watch"],
    host: "any",
    why: "it judges runs; runs do not know that they are watched",
  },
  telling: {
    may: ["core", "watch", "doctor", "report", "nn"],
    host: "any",
    why: "it puts a diagnosis into words and pages; the doctor speaks in data",
  },
  files: {
    may: ["core", "io", "data", "train", "watch"],
    host: "node",
    packages: ["sharp"],
    why: "the only room that touches the file system for others",
  },
  runs: {
    may: ["core", "io", "nn", "train", "watch", "files"],
    host: "node",
    why: "a run is a folder: it records what happens and judges nothing",
  },
  dashboard: {
    may: ["core", "io", "watch", "doctor", "telling", "files", "runs"],
    host: "node",
    why: "it serves what runs recorded to a page; how a run is made is not its business",
  },
  datasets: { may: ["core", "io", "data", "files"], host: "node", why: "it finds data sets on disks and servers" },
  crossing: {
    may: ["core", "graph", "tensor", "nn", "data"],
    host: "any",
    why: "it writes values as plain data for another thread; it knows no tasks",
  },
  page: {
    may: ["core", "runtime", "engine", "tensor", "nn", "optim", "data", "train", "doctor", "crossing"],
    host: "any",
    why: "it speaks with a worker; what the worker does, other rooms do",
  },
  processes: {
    may: ["core", "watch", "doctor", "crossing"],
    host: "node",
    why: "it runs a doctor's jobs in processes of their own",
  },
  cli: {
    may: [
      "core",
      "runtime",
      "engine",
      "tensor",
      "nn",
      "optim",
      "io",
      "data",
      "train",
      "watch",
      "report",
      "doctor",
      "telling",
      "files",
      "runs",
      "dashboard",
      "datasets",
      "processes",
    ],
    host: "node",
    packages: ["commander", "jiti"],
    why: "commands are the outermost layer; nothing imports them",
  },
};

/** Files that stand directly in src/: the entries. They run on any host, but for those that `needNode`. */
export const root = {
  may: Object.keys(layers).filter((name) => name !== "cli"),
  needNode: ["node.ts"],
  why: "an entry exports from everywhere but the command line",
};
