import { isRecord } from "../core/describe.ts";
import { objectSchema } from "../core/field-schema.ts";
import {
  COUNT,
  COUNT_OR_ZERO,
  callback,
  type DataField,
  either,
  type Field,
  type Fields,
  FLAG,
  field,
  INNER_FRACTION,
  listOf,
  NOT_NEGATIVE,
  namedField,
  recordField,
  required,
  SIGNAL,
  THREADS,
  withDefault,
  withHelp,
} from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import { BACKEND_NAMES } from "../engine/select-backend.ts";
import { SWA_SCHEMA, type SwaConfig } from "./averages/options.ts";
import { CHECKPOINT_SCHEMA, type CheckpointOptionsInFile } from "./checkpoints/options.ts";
import { BACKEND, BACKEND_NAME, LOSS, METRICS } from "./fields.ts";
import type { FitOptions } from "./options.ts";

// The one list of the options of `fit`. Everything that holds them is derived from it: the checks of `fit`, the doctor's settings and the
// options of `examine`, experiment files with their help and their JSON schema. docs/adding-an-option.md shows how to add one.

/** What an option describes:
 *    training   what is trained and how; experiment files and the doctor's settings have it, and remedies may rewrite it
 *    samples    how the samples are parted; experiment files have it, for settings the samples are parted already
 *    run        how one run is made; experiment files have it, settings do not
 *    call       what only code can give: samples, functions, signals, arrays */
export type Place = "training" | "samples" | "run" | "call";

/** A field that says in JSON Schema what it accepts: here or, where files hold less than code can give, in `inFile`. */
type Described<Of> =
  | { readonly field: Of & { readonly schema: object } }
  | { readonly field: Of; readonly inFile: DataField<unknown> };

/** `namesLayers`: the option names layers by their paths, and must follow them when a remedy moves layers. */
type OptionInFile<Of> = Described<Of> & { readonly help: string } & (
    | { readonly belongsTo: "training"; readonly namesLayers: boolean }
    | { readonly belongsTo: "samples" | "run" }
  );

/** One entry for every option: a list without one does not compile. */
export type OptionList<Options> = {
  readonly [Name in keyof Fields<Options>]-?:
    | OptionInFile<Fields<Options>[Name]>
    | { readonly belongsTo: "call"; readonly field: Fields<Options>[Name] };
};

/** The values of options that are left out. */
export const DEFAULTS = { epochs: 10, batchSize: 128, evaluationBatchSize: 500, shuffle: true, seed: 0 } as const;

export const GRADIENT_NORMS_FIELDS = { every: required(COUNT) };

/** Every option of `fit`. The code that uses an object of options checks what is in it. */
export const TRAINING_OPTIONS = {
  data: { belongsTo: "call", field: required(recordField("a dataset, or { train, validation }")) },
  loss: {
    belongsTo: "training",
    namesLayers: false,
    field: required(LOSS),
    help: '"softmaxCrossEntropy", "mse", …, or an object with its options',
  },
  optimizer: {
    belongsTo: "training",
    namesLayers: false,
    field: required(
      namedField('the name of an optimiser, { type: "adam", … }, or what adam() returns', reference("optimizer")),
    ),
    help: '{"type": "adam", "learningRate": 0.001}',
  },
  clip: {
    belongsTo: "training",
    namesLayers: false,
    field: recordField('a clip such as { type: "globalNorm", maxNorm: 1 }', reference("clip")),
    help: '{"type": "globalNorm", "maxNorm": 1}',
  },
  schedule: {
    belongsTo: "training",
    namesLayers: false,
    field: namedField('the name of a schedule, or { type: "cosine", … }', reference("schedule")),
    help: '{"type": "cosine"}; lasts as long as the run unless length says otherwise',
  },
  regularizer: {
    belongsTo: "training",
    namesLayers: true,
    field: recordField("penalties such as { l2: 1e-4 }", reference("regularizer")),
    help: '{"l2": 0.0001}',
  },
  ema: {
    belongsTo: "training",
    namesLayers: false,
    field: INNER_FRACTION,
    help: "0.999: decay of an exponential moving average of the weights, kept besides",
  },
  swa: {
    belongsTo: "training",
    namesLayers: false,
    field: recordField<SwaConfig>("options such as { startEpoch: 8 }", SWA_SCHEMA),
    help: '{"startEpoch": 8, "every": 1}: the mean of the weights at the ends of epochs, kept besides',
  },
  epochs: {
    belongsTo: "training",
    namesLayers: false,
    field: withDefault(COUNT, DEFAULTS.epochs),
    help: "passes over the training samples",
  },
  batchSize: {
    belongsTo: "training",
    namesLayers: false,
    field: withDefault(COUNT, DEFAULTS.batchSize),
    help: "samples per step",
  },
  evaluationBatchSize: {
    belongsTo: "training",
    namesLayers: false,
    field: withDefault(COUNT, DEFAULTS.evaluationBatchSize),
    help: "samples per step of evaluation",
  },
  augment: {
    belongsTo: "training",
    namesLayers: false,
    field: listOf(namedField('a transform such as "flip" or { type: "crop", padding: 4 }', reference("augmentation"))),
    help: '["flip", {"type": "crop", "padding": 4}]: random changes of the training pictures',
  },
  shuffle: {
    belongsTo: "training",
    namesLayers: false,
    field: withDefault(FLAG, DEFAULTS.shuffle),
    help: "a new order every epoch",
  },
  dropLast: {
    belongsTo: "training",
    namesLayers: false,
    field: FLAG,
    help: "leave out a last batch that is not full; default false",
  },
  seed: {
    belongsTo: "training",
    namesLayers: false,
    field: withDefault(COUNT_OR_ZERO, DEFAULTS.seed),
    help: "of weights, order, dropout and augmentation",
  },
  metrics: {
    belongsTo: "training",
    namesLayers: false,
    field: METRICS,
    help: '["accuracy", "top3", "meanSquaredError", "meanAbsoluteError"]',
  },
  validationSplit: {
    belongsTo: "samples",
    field: NOT_NEGATIVE,
    help: "share or number of training samples held out",
  },
  earlyStopping: {
    belongsTo: "training",
    namesLayers: false,
    field: recordField("options such as { patience: 5 }", reference("earlyStopping")),
    help: '{"patience": 5, "minDelta": 0, "monitor": "loss"}',
  },
  onEvent: { belongsTo: "call", field: callback() },
  callbacks: {
    belongsTo: "call",
    field: listOf(recordField("functions by event: { epochEnded: (event) => … }")),
  },
  backend: {
    belongsTo: "run",
    field: BACKEND,
    inFile: BACKEND_NAME,
    help: ["auto", ...BACKEND_NAMES].map((name) => JSON.stringify(name)).join(", "),
  },
  threads: { belongsTo: "run", field: THREADS, help: "default: one per core" },
  checkpoint: {
    belongsTo: "run",
    field: recordField('options such as { directory: "checkpoints" }'),
    inFile: recordField<CheckpointOptionsInFile>('options such as { "directory": "checkpoints" }', CHECKPOINT_SCHEMA),
    help: '{"directory": "checkpoints", "every": {"epochs": 1}, "keep": 3}: the whole run, to be resumed',
  },
  resume: {
    belongsTo: "call",
    field: field(
      "true, a folder, a file, or a run's state",
      (value) => ["boolean", "string", "function"].includes(typeof value) || isRecord(value),
    ),
  },
  signal: { belongsTo: "call", field: SIGNAL },
  gradientNorms: {
    belongsTo: "run",
    field: either(FLAG, recordField<{ readonly every: number }>("{ every: 10 }", objectSchema(GRADIENT_NORMS_FIELDS))),
    help: 'norms by layer in the events: true, or {"every": 10}',
  },
  probe: {
    belongsTo: "call",
    field: field("a probe { isDue, measure }", (value) => isRecord(value) && typeof value.measure === "function"),
  },
  initialState: { belongsTo: "call", field: recordField("a state { parameters, buffers }") },
} as const satisfies OptionList<FitOptions>;

type List = typeof TRAINING_OPTIONS;

/** The names of the options that belong to one of these places. */
export type OptionName<Of extends Place = Place> = {
  [Name in keyof List]: List[Name]["belongsTo"] extends Of ? Name : never;
}[keyof List];

/** The names of the options that name layers by their paths. */
export type LayerNaming = {
  [Name in keyof List]: List[Name] extends { readonly namesLayers: true } ? Name : never;
}[keyof List];

type PlaceInFile = Exclude<Place, "call">;

type NarrowerInFile = {
  [Name in keyof List]: List[Name] extends { readonly inFile: unknown } ? Name : never;
}[keyof List];

/** The options of `fit` that a file can hold. */
export type FileOptions = Omit<Pick<FitOptions, OptionName<PlaceInFile>>, NarrowerInFile> & {
  readonly [Name in NarrowerInFile]?: List[Name]["inFile"] extends Field<infer Value> ? Value | undefined : never;
};

/** What is done to the samples before `fit` sees them: settings, too, but no options of `fit`. */
export interface Preparation {
  /** Scale each input feature to mean 0 and deviation 1, as measured on the training part. Default false. */
  readonly standardize?: boolean | undefined;
  /** The same for targets that are values; scores and predictions stay in the original units. Default false. */
  readonly standardizeTargets?: boolean | undefined;
}

export const PREPARATION_FIELDS: { readonly [Name in keyof Preparation]-?: DataField<boolean> } = {
  standardize: withHelp("scale each feature to mean 0, deviation 1; default false", FLAG),
  standardizeTargets: withHelp("the same for targets that are values; gradus predict answers in their own units", FLAG),
};

const ENTRIES = Object.entries(TRAINING_OPTIONS) as readonly (readonly [OptionName, List[OptionName]])[];

/** The names of the options that belong to these places, in the list's order. */
export function optionNames<Of extends Place>(...places: readonly Of[]): readonly OptionName<Of>[] {
  const isIn = ({ belongsTo }: List[OptionName]): boolean => (places as readonly Place[]).includes(belongsTo);
  return ENTRIES.filter(([, option]) => isIn(option)).map(([name]) => name as OptionName<Of>);
}

/** The given options that belong to these places. */
export function pickOptions<Source extends object, Of extends Place>(
  source: Source,
  ...places: readonly Of[]
): Pick<Source, OptionName<Of> & keyof Source> {
  const entries = optionNames(...places).map((name) => [name, source[name as unknown as keyof Source]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Pick<
    Source,
    OptionName<Of> & keyof Source
  >;
}

/** The options that have a value even if they are left out. */
export function withDefaults(options: Partial<FitOptions>): {
  readonly [Name in keyof typeof DEFAULTS]: Exclude<FitOptions[Name], undefined>;
} {
  const {
    epochs = DEFAULTS.epochs,
    batchSize = DEFAULTS.batchSize,
    evaluationBatchSize = DEFAULTS.evaluationBatchSize,
    shuffle = DEFAULTS.shuffle,
    seed = DEFAULTS.seed,
  } = options;
  return { epochs, batchSize, evaluationBatchSize, shuffle, seed };
}

/** The checks of `fit`. */
export const FIT_FIELDS = Object.fromEntries(ENTRIES.map(([name, { field }]) => [name, field])) as unknown as {
  readonly [Name in OptionName]: List[Name]["field"];
} satisfies Fields<FitOptions>;

/** The checks of the options that a file can hold, with their help. */
export const FILE_FIELDS = Object.fromEntries(
  ENTRIES.flatMap(([name, option]) =>
    option.belongsTo === "call"
      ? []
      : [[name, withHelp(option.help, "inFile" in option ? option.inFile : option.field)]],
  ),
) as unknown as Fields<FileOptions>;
