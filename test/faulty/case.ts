import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { GradusError, requireArgument } from "../../src/core/errors.ts";
import { required, resolveFields } from "../../src/core/fields.ts";
import { choice, flag, type OptionFields, real, text, whole } from "../../src/data/options.ts";
import { PROBLEMS, type Problem, REMEDIES, type RemedyName } from "../../src/doctor/words.ts";
import { type LayerEntry, parseLayers } from "./layers.ts";

export const SCHEMA = "faulty-case/1";

/** A table in a file: columns `x…`, `y…` and `split`. */
export interface CsvSource {
  readonly kind: "csv";
  /** Relative to the parent of the case's folder. */
  readonly file: string;
  /** y0 is the index of one of this many classes. */
  readonly classes?: number;
  /** Each y is a separate yes or no. */
  readonly multilabel?: boolean;
  readonly targetScale?: number;
  /** A row is a sequence of this many steps. */
  readonly steps?: number;
}

/** The first images of MNIST's training files, and the ones after them. */
export interface MnistSource {
  readonly kind: "mnist";
  readonly train: number;
  readonly validation: number;
  /** false: 0 to 255, as stored. Default true: 0 to 1. */
  readonly scale?: boolean;
  /** The divisor of the labels, as when a program scales everything. */
  readonly labelDivisor?: number;
}

export const CASE_LOSSES = [
  "binaryCrossentropy",
  "categoricalCrossentropy",
  "sparseCategoricalCrossentropy",
  "meanSquaredError",
  "meanAbsoluteError",
] as const;

export type CaseLoss = (typeof CASE_LOSSES)[number];

export const CASE_OPTIMIZERS = ["sgd", "adam", "rmsprop", "adagrad", "adadelta"] as const;

export interface CaseOptimizer {
  readonly type: (typeof CASE_OPTIMIZERS)[number];
  readonly learningRate: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/** The expectations of the author of a case. */
export interface Expectation {
  readonly healthy: boolean;
  readonly curable: boolean;
  /** Naming any one of them is a right diagnosis. */
  readonly problems: readonly Problem[];
  /** Prescribing any one of them first or second is a right prescription. */
  readonly remedies: readonly RemedyName[];
}

/** A training program that goes wrong in a known way, or its healthy twin, independent of any framework. */
export interface FaultyCase {
  readonly name: string;
  /** The path of the case, from which its data files are found. */
  readonly path: string;
  readonly title?: string;
  readonly data: CsvSource | MnistSource;
  readonly model: readonly LayerEntry[];
  readonly loss: CaseLoss;
  readonly optimizer: CaseOptimizer;
  readonly batchSize: number;
  readonly epochs: number;
  readonly expect?: Expectation;
}

const SOURCES = {
  csv: {
    kind: choice("", ["csv"]),
    file: required(text("")),
    classes: whole("", 1),
    multilabel: flag(""),
    targetScale: real("", "a number other than 0", (value) => value !== 0),
    steps: whole("", 1),
  },
  mnist: {
    kind: choice("", ["mnist"]),
    train: required(whole("", 1)),
    validation: required(whole("", 1)),
    scale: flag(""),
    labelDivisor: real("", "a number other than 0", (value) => value !== 0),
  },
} satisfies Record<string, OptionFields>;

const OPTIMIZER_FIELDS = {
  type: required(choice("", CASE_OPTIMIZERS)),
  learningRate: required(real("", "a number above 0", (value) => value > 0)),
  momentum: real("", "a number in [0, 1)", (value) => value >= 0 && value < 1),
  nesterov: flag(""),
} satisfies OptionFields;

/** Reads and checks a `faulty-case/1` file.
 *  @throws GradusError `file-not-found`; `bad-data` for what is not JSON or of another schema; `bad-argument`, `unknown-field` for a
 *  part of the training that is missing or misspelt, with what was expected. Fields for display are not checked. */
export function readCase(path: string): FaultyCase {
  const content = readJson(path);
  requireBadData(
    isRecord(content) && content.schema === SCHEMA,
    `${path}: expected an object with schema "${SCHEMA}".`,
  );
  const { name = basename(path, ".json"), title } = content;
  requireBadData(typeof name === "string", `${path}: name must be a text.`);
  const run = resolveFields(
    path,
    { batchSize: content.batchSize, epochs: content.epochs, loss: content.loss },
    { batchSize: required(whole("", 1)), epochs: required(whole("", 1)), loss: required(choice("", CASE_LOSSES)) },
  ) as Pick<FaultyCase, "batchSize" | "epochs" | "loss">;
  return {
    name,
    path,
    ...(typeof title === "string" ? { title } : {}),
    data: parseSource(`${path}, data`, content.data),
    model: parseLayers(`${path}, model`, content.model),
    optimizer: resolveFields(`${path}, optimizer`, content.optimizer, OPTIMIZER_FIELDS) as CaseOptimizer,
    ...run,
    ...(content.expect === undefined ? {} : { expect: parseExpectation(`${path}, expect`, content.expect) }),
  };
}

function parseSource(where: string, given: unknown): CsvSource | MnistSource {
  const kind = isRecord(given) ? given.kind : undefined;
  const known = Object.keys(SOURCES);
  requireArgument(
    typeof kind === "string" && known.includes(kind),
    `${where}: kind must be one of ${known.join(", ")}, got ${JSON.stringify(kind)}.`,
    { where, kind },
  );
  return resolveFields<object>(where, given, SOURCES[kind as keyof typeof SOURCES]) as CsvSource | MnistSource;
}

function parseExpectation(where: string, given: unknown): Expectation {
  requireBadData(isRecord(given) && typeof given.healthy === "boolean", `${where}: healthy must be true or false.`);
  return {
    healthy: given.healthy as boolean,
    curable: given.curable === true,
    problems: words(`${where}, problems`, given.problems, PROBLEMS),
    remedies: words(`${where}, remedies`, given.remedies, REMEDIES),
  };
}

function words<Word extends string>(where: string, given: unknown, known: readonly Word[]): readonly Word[] {
  const list = given ?? [];
  const isKnown = (word: unknown): boolean => known.includes(word as Word);
  requireBadData(
    Array.isArray(list) && list.every(isKnown),
    `${where}: expected a list of ${known.join(", ")}, got ${JSON.stringify(list)}.`,
  );
  return list as readonly Word[];
}

function readJson(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (cause) {
    throw new GradusError("file-not-found", `${path}: cannot be read. Give a ${SCHEMA} file.`, { path }, { cause });
  }
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new GradusError("bad-data", `${path}: not JSON: ${(cause as Error).message}.`, { path }, { cause });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function requireBadData(condition: boolean, message: string): asserts condition {
  if (!condition) throw new GradusError("bad-data", message);
}
