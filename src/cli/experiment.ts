import { extname, resolve } from "node:path";
import { isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { largest } from "../core/extremes.ts";
import {
  checkOptions,
  either,
  type Field,
  type Fields,
  FLAG,
  field,
  namedField,
  number,
  recordField,
  required,
  TEXT,
  THREADS,
  withHelp,
} from "../core/fields.ts";
import { parseJson as parse } from "../core/json.ts";
import { requireKnownFields } from "../core/suggest.ts";
import type { PcaOptions } from "../data/pca.ts";
import type { DataSpec } from "../datasets/registry.ts";
import { readText } from "../files/read-bytes.ts";
import type { ModelConfig } from "../nn/model.ts";
import type { BackendName } from "../runtime/backend.ts";
import { FIT_FIELDS } from "../train/fields.ts";
import type { FitOptions } from "../train/options.ts";

/** A training run as data: what an experiment file holds, in JSON or as a TypeScript module's `experiment` (or default) export. */
export interface Experiment
  extends Omit<FitOptions, "data" | "backend" | "onEvent" | "callbacks" | "signal" | "probe" | "initialState"> {
  /** For people. */
  readonly name?: string;
  /** A data set by name, with its options: `"mnist"`, `{ "name": "csv", "train": "a.csv" }`. See `gradus datasets`. */
  readonly data: DataSpec;
  /** `inputShape` defaults to the data's. */
  readonly model: Omit<ModelConfig, "inputShape"> & { readonly inputShape?: ModelConfig["inputShape"] };
  /** Bring each feature to mean 0 and deviation 1, as measured on the training part. Default false. */
  readonly standardize?: boolean;
  /** The same for targets that are values: losses are told in these units, predictions come back in the original ones. Default false. */
  readonly standardizeTargets?: boolean;
  /** Replace the inputs by their principal components, as found in the training part, after `standardize`: so many, a share of the
   *  variance, or options. */
  readonly pca?: number | PcaOptions;
  readonly backend?: BackendName | "auto";
}

/** One field for every name: what it may hold, and the line that `--help` shows. */
const FIELDS: Fields<Experiment> = {
  name: withHelp("for people", TEXT),
  data: required(
    withHelp('a data set: "mnist", {"name": "spirals", "turns": 2}; see gradus datasets', namedField("a data set")),
  ),
  model: required(
    withHelp(
      '{"layers": [{"type": "linear", "units": 64}, …]}; inputShape defaults to the data\'s',
      recordField('{"layers": [{"type": "linear", "units": 64}, …]}'),
    ),
  ),
  loss: withHelp('"softmaxCrossEntropy", "mse", …, or an object with its options', FIT_FIELDS.loss),
  optimizer: withHelp('{"type": "adam", "learningRate": 0.001}', FIT_FIELDS.optimizer),
  clip: withHelp('{"type": "globalNorm", "maxNorm": 1}', FIT_FIELDS.clip),
  schedule: withHelp('{"type": "cosine"}; lasts as long as the run unless length says otherwise', FIT_FIELDS.schedule),
  regularizer: withHelp('{"l2": 0.0001}', FIT_FIELDS.regularizer),
  standardize: withHelp("scale each feature to mean 0, deviation 1; default false", FLAG),
  standardizeTargets: withHelp("the same for targets that are values; gradus predict answers in their own units", FLAG),
  pca: withHelp(
    'principal components for inputs: so many, a share of the variance, or {"components": 50, "whiten": true}',
    either(number(), recordField<PcaOptions>("options")),
  ),
  epochs: withHelp("default 10", FIT_FIELDS.epochs),
  batchSize: withHelp("samples a step; default 128", FIT_FIELDS.batchSize),
  evaluationBatchSize: withHelp("default 500", FIT_FIELDS.evaluationBatchSize),
  augment: withHelp(
    '["flip", {"type": "crop", "padding": 4}]: random changes of the training pictures',
    FIT_FIELDS.augment,
  ),
  shuffle: withHelp("a new order every epoch; default true", FIT_FIELDS.shuffle),
  dropLast: withHelp("leave out a last batch that is not full; default false", FIT_FIELDS.dropLast),
  seed: withHelp("of weights, order, dropout and augmentation; default 0", FIT_FIELDS.seed),
  metrics: withHelp('["accuracy", "top3", "meanSquaredError", "meanAbsoluteError"]', FIT_FIELDS.metrics),
  validationSplit: withHelp("share or number of training samples held out", FIT_FIELDS.validationSplit),
  earlyStopping: withHelp('{"patience": 5, "minDelta": 0, "monitor": "loss"}', FIT_FIELDS.earlyStopping),
  gradientNorms: withHelp('norms by layer in the events: true, or {"every": 10}', FIT_FIELDS.gradientNorms),
  backend: withHelp(
    '"auto", "native", "wasm", "reference"',
    field("the name of a backend", (value) => typeof value === "string"),
  ),
  threads: withHelp("default: one a core", THREADS),
};

/** The fields as lines of help. */
export function experimentHelp(): string {
  const width = largest(Object.keys(FIELDS).map((name) => name.length));
  return Object.entries(FIELDS)
    .map(([name, { help = "" }]) => `  ${name.padEnd(width)}  ${help}`)
    .join("\n");
}

/** An experiment holds settings, not data. */
const MOST_BYTES = 16 * 2 ** 20;

/** Reads an experiment file, unchecked: JSON by its ending, else a module.
 *  @throws GradusError `bad-experiment` with the place of a syntax error; `limit-exceeded` for more than 16 MiB; and as `readText`. */
export async function readExperiment(file: string): Promise<object> {
  const text = readSettings(file);
  const value = extname(file) === ".json" ? parseJson(file, text) : await importModule(file);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new GradusError(
    "bad-experiment",
    `${file}: expected an object with the fields of an experiment, got ${brief(value)}.`,
    { file },
  );
}

/** Checks the names of the fields and what they hold; what is in their objects is checked by those who use them.
 *  @throws GradusError `unknown-field` with the nearest name; `bad-argument` for a value of another kind; `bad-experiment` for what is
 *  missing. */
export function checkExperiment(file: string, source: object): Experiment {
  requireKnownFields(file, Object.keys(source), Object.keys(FIELDS));
  for (const [name, each] of Object.entries<Field<unknown>>(FIELDS)) {
    if (each.isRequired && (source as Record<string, unknown>)[name] === undefined) {
      throw new GradusError("bad-experiment", `${file}: the field "${name}" is missing. Give ${each.help}.`, {
        file,
        field: name,
      });
    }
  }
  const { model } = source as Experiment;
  if (!isRecord(model) || !Array.isArray(model.layers)) {
    throw new GradusError("bad-experiment", `${file}: model must be ${FIELDS.model.help}, got ${brief(model)}.`, {
      file,
      field: "model",
    });
  }
  checkOptions<Experiment>(file, source, FIELDS);
  return source;
}

function readSettings(file: string): string {
  try {
    return readText(file, { maxBytes: MOST_BYTES });
  } catch (cause) {
    if (!(cause instanceof GradusError) || cause.code !== "limit-exceeded") throw cause;
    throw new GradusError(
      "limit-exceeded",
      `${file}: expected an experiment, got more than 16 MiB. An experiment holds settings; name data by its file.`,
      { file, limit: MOST_BYTES },
      { cause },
    );
  }
}

/** The beginning of a value as text. */
function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}

function parseJson(file: string, text: string): unknown {
  try {
    return parse(file, text);
  } catch (cause) {
    if (cause instanceof GradusError) throw cause;
    throw new GradusError("bad-experiment", `${file}: not JSON: ${(cause as Error).message}.`, { file }, { cause });
  }
}

/** TypeScript, without a build step. */
async function importModule(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  try {
    const loaded = await createJiti(import.meta.url).import<{
      readonly experiment?: unknown;
      readonly default?: unknown;
    }>(resolve(file));
    return loaded.experiment ?? loaded.default;
  } catch (cause) {
    if (cause instanceof GradusError) throw cause;
    throw new GradusError(
      "bad-experiment",
      `${file}: cannot be loaded: ${(cause as Partial<Error> | null)?.message ?? String(cause)}`,
      { file },
      { cause },
    );
  }
}
