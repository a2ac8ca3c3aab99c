import { extname, resolve } from "node:path";
import { isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { largest } from "../core/extremes.ts";
import {
  checkOptions,
  either,
  type Field,
  type Fields,
  namedField,
  number,
  recordField,
  required,
  TEXT,
  withHelp,
} from "../core/fields.ts";
import { parseJson as parse } from "../core/json.ts";
import { reference } from "../core/json-schema.ts";
import { requireKnownFields } from "../core/suggest.ts";
import type { PcaOptions } from "../data/pca.ts";
import type { DataSpec } from "../datasets/registry.ts";
import { readText } from "../files/read-bytes.ts";
import type { ModelConfig } from "../nn/model.ts";
import { FILE_FIELDS, type FileOptions, PREPARATION_FIELDS, type Preparation } from "../train/training-options.ts";

/** A training run as data: what an experiment file holds, in JSON or as a TypeScript module's `experiment` (or default) export. The
 *  options of `fit` that a file can hold come from the list in src/train/training-options.ts. */
export interface Experiment extends FileOptions, Preparation {
  /** For display. */
  readonly name?: string;
  /** A data set by name, with its options: `"mnist"`, `{ "name": "csv", "train": "a.csv" }`. See `gradus datasets`. */
  readonly data: DataSpec;
  /** `inputShape` defaults to the data's. */
  readonly model: Omit<ModelConfig, "inputShape"> & { readonly inputShape?: ModelConfig["inputShape"] };
  /** Replace the inputs by their principal components, as found in the training part, after `standardize`: the given number, a share of
   *  the variance, or options. */
  readonly pca?: number | PcaOptions;
}

/** One field for every name: what it may hold, and the line that `--help` shows. */
export const EXPERIMENT_FIELDS: Fields<Experiment> = {
  name: withHelp("for display", TEXT),
  data: required(
    withHelp(
      'a data set: "mnist", {"name": "spirals", "turns": 2}; see gradus datasets',
      namedField("a data set", reference("dataset")),
    ),
  ),
  model: required(
    withHelp(
      '{"layers": [{"type": "linear", "units": 64}, …]}; inputShape defaults to the data\'s',
      recordField('{"layers": [{"type": "linear", "units": 64}, …]}', reference("model")),
    ),
  ),
  ...FILE_FIELDS,
  ...PREPARATION_FIELDS,
  pca: withHelp(
    'principal components for inputs: a number, a share of the variance, or {"components": 50, "whiten": true}',
    either(number(), recordField<PcaOptions>("options", reference("pca"))),
  ),
};

/** The fields as lines of help. */
export function experimentHelp(): string {
  const width = largest(Object.keys(EXPERIMENT_FIELDS).map((name) => name.length));
  return Object.entries<Field<unknown>>(EXPERIMENT_FIELDS)
    .map(([name, field]) => `  ${name.padEnd(width)}  ${helpLine(field)}`)
    .join("\n");
}

function helpLine({ help = "", fallback }: Field<unknown>): string {
  return fallback === undefined ? help : `${help}; default ${JSON.stringify(fallback)}`;
}

/** An experiment holds settings, not data. */
const MOST_BYTES = 16 * 2 ** 20;

/** Reads an experiment file without checking it: JSON by its ending, else a module.
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

/** Checks the names of the fields and their values; the code that uses an object checks what is in it.
 *  @returns the experiment without `$schema`, the schema's address for editors.
 *  @throws GradusError `unknown-field` with the nearest name; `bad-argument` for a value of another kind; `bad-experiment` for a missing
 *  field. */
export function checkExperiment(file: string, given: object): Experiment {
  const { $schema: _schema, ...source } = given as { readonly $schema?: unknown };
  requireKnownFields(file, Object.keys(source), Object.keys(EXPERIMENT_FIELDS));
  for (const [name, each] of Object.entries<Field<unknown>>(EXPERIMENT_FIELDS)) {
    if (each.isRequired && (source as Record<string, unknown>)[name] === undefined) {
      throw new GradusError("bad-experiment", `${file}: the field "${name}" is missing. Give ${each.help}.`, {
        file,
        field: name,
      });
    }
  }
  const { model } = source as Partial<Experiment>;
  if (!isRecord(model) || !Array.isArray(model.layers)) {
    throw new GradusError(
      "bad-experiment",
      `${file}: model must be ${EXPERIMENT_FIELDS.model.help}, got ${brief(model)}.`,
      {
        file,
        field: "model",
      },
    );
  }
  checkOptions<Experiment>(file, source, EXPERIMENT_FIELDS);
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
