import type { DataConfig } from "../config/config.ts";
import { drawnOptions } from "../config/data-options.ts";
import { settingsOf } from "../config/settings.ts";
import type { ExportOptions } from "./experiment.ts";
import { experimentData } from "./experiment-data.ts";
import type { ExportedFile } from "./files.ts";
import { print } from "./print.ts";

/** How a program gets its samples. */
interface Source {
  /** Names from "gradus". */
  readonly names: readonly string[];
  /** Names from "gradus/node". */
  readonly nodeNames: readonly string[];
  /** Lines that define `train` and `test`. */
  readonly lines: readonly string[];
  readonly files: readonly ExportedFile[];
}

function sourceOf(data: DataConfig, options: ExportOptions): Source {
  switch (data.name) {
    case "mnist":
    case "fashion-mnist": {
      const load = data.name === "mnist" ? "loadMnist" : "loadFashionMnist";
      const given = print({ train: data.samples, test: data.testSamples, layout: "image" });
      return { names: [], nodeNames: [load], lines: [`const { train, test } = await ${load}(${given});`], files: [] };
    }
    case "csv":
    case "pictures": {
      const { data: spec, validationSplit, files } = experimentData(data, options.config, options.own);
      const { name, ...given } = spec;
      const load = name === "csv" ? "loadCsv" : "loadNpy";
      if (validationSplit === undefined) {
        const lines = [
          `const { train, test } = ${load}(${print(given)});`,
          'if (test === undefined) throw new Error("There are no test samples.");',
        ];
        return { names: [], nodeNames: [load], lines, files };
      }
      const parted = print({ validation: validationSplit, seed: options.config.seed });
      const lines = [
        `const { train: whole } = ${load}(${print(given)});`,
        `const { train, validation: test } = whole.split(${parted});`,
      ];
      return { names: [], nodeNames: [load], lines, files };
    }
    default: {
      const { name, ...given } = drawnOptions(data);
      const lines = [`const { train, test } = partedSamples(${name}, ${print(given)});`];
      return { names: ["partedSamples", name], nodeNames: [], lines, files: [] };
    }
  }
}

const SCALING = [
  "const scaling = fitStandardize(train);",
  "const data = { train: applyScaling(scaling, train), validation: applyScaling(scaling, test) };",
];
const PLAIN = ["const data = { train, validation: test };"];

const REPORT = `  onEvent: (event) => {
    if (event.type === "epochEnded") console.log(event.epoch, event.train, event.validation);
  },`;

/** A program, and the files that it reads. */
export interface ExportedProgram {
  readonly text: string;
  readonly files: readonly ExportedFile[];
}

/** The network from its first step as a program that trains it with the package `gradus` and prints every epoch.
 *  @throws GradusError as `exportExperiment`. */
export function exportTypescript(options: ExportOptions): ExportedProgram {
  const { config, network, facts, threads } = options;
  const chosen = config.networks[network] ?? config.networks[0];
  const { settings } = settingsOf(chosen, config, facts);
  const { model, standardize = false, standardizeTargets: _values, ...training } = settings;
  const { names, nodeNames, lines, files } = sourceOf(config.data, options);
  const imported = ["createModel", "fit", ...names, ...(standardize ? ["fitStandardize", "applyScaling"] : [])].sort();
  const fitFields = Object.entries({ ...training, backend: "wasm", threads })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name}: ${print(value, "  ")},`);
  const text = [
    "// npm install gradus, then: npx tsx FILE",
    `import { ${imported.join(", ")} } from "gradus";`,
    ...(nodeNames.length === 0 ? [] : [`import { ${nodeNames.join(", ")} } from "gradus/node";`]),
    "",
    ...lines,
    ...(standardize ? SCALING : PLAIN),
    "",
    `const model = createModel(${print(model)});`,
    "",
    "const { state } = await fit(model, {",
    "  data,",
    ...fitFields,
    REPORT,
    "});",
    'console.log(Object.keys(state.parameters).length, "layers are trained");',
    "",
  ].join("\n");
  return { text, files };
}
