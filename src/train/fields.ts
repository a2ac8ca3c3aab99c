import { isRecord } from "../core/describe.ts";
import {
  COUNT,
  COUNT_OR_ZERO,
  callback,
  checkOptions,
  either,
  type Field,
  type Fields,
  FLAG,
  field,
  listOf,
  NOT_NEGATIVE,
  namedField,
  recordField,
  required,
  SIGNAL,
  TEXT,
  THREADS,
} from "../core/fields.ts";
import { requireKnownFields } from "../core/suggest.ts";
import { DATASET } from "../data/dataset.ts";
import type { LossInput } from "../nn/losses/losses.ts";
import { checkRegularizer } from "../nn/regularizer.ts";
import { requireState } from "../nn/state.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import type { MetricName } from "./events.ts";
import { EVENT_TYPES } from "./events.ts";
import type { FitData, FitOptions } from "./options.ts";

/** What training, evaluation and prediction take alike. */
export const LOSS: Field<LossInput> = namedField('the name of a loss, or { type: "mse", … }');
export const METRICS: Field<readonly MetricName[]> = listOf(TEXT) as Field<readonly MetricName[]>;
export const BACKEND: Field<BackendName | "auto" | Backend> = namedField("the name of a backend, or one that is open");

/** The options of `fit`. What a field holds is checked further by who uses it. */
export const FIT_FIELDS: Fields<FitOptions> = {
  data: required(recordField("a dataset, or { train, validation }")),
  loss: required(LOSS),
  optimizer: required(namedField('the name of an optimiser, { type: "adam", … }, or what adam() returns')),
  clip: recordField('a clip such as { type: "globalNorm", maxNorm: 1 }'),
  schedule: namedField('the name of a schedule, or { type: "cosine", … }'),
  regularizer: recordField("penalties such as { l2: 1e-4 }"),
  epochs: COUNT,
  batchSize: COUNT,
  evaluationBatchSize: COUNT,
  augment: listOf(namedField('a transform such as "flip" or { type: "crop", padding: 4 }')),
  shuffle: FLAG,
  dropLast: FLAG,
  seed: COUNT_OR_ZERO,
  metrics: METRICS,
  validationSplit: NOT_NEGATIVE,
  earlyStopping: recordField("options such as { patience: 5 }"),
  onEvent: callback(),
  callbacks: listOf(recordField("functions by event: { epochEnded: (event) => … }")),
  backend: BACKEND,
  threads: THREADS,
  signal: SIGNAL,
  gradientNorms: either(FLAG, recordField<{ readonly every: number }>("{ every: 10 }")),
  probe: field("a probe { isDue, measure }", (value) => isRecord(value) && typeof value.measure === "function"),
  initialState: recordField("a state { parameters, buffers }"),
};

const DATA_FIELDS: Fields<FitData> = { train: required(DATASET), validation: DATASET };

/** Checks all that `fit` is told before any of it is used.
 *  @throws GradusError `unknown-field`, also in `data`, `callbacks` and `regularizer`; `bad-argument` with what was expected. */
export function checkFitOptions(where: string, options: unknown): asserts options is FitOptions {
  checkOptions<FitOptions>(where, options ?? {}, FIT_FIELDS);
  checkFitParts(where, options as FitOptions);
}

/** What is in those options that hold options themselves. */
export function checkFitParts(where: string, options: Partial<FitOptions>): void {
  const { data, callbacks = [], gradientNorms, regularizer, initialState } = options;
  if (data !== undefined) checkFitData(`${where}, data`, data);
  for (const [index, each] of callbacks.entries()) {
    requireKnownFields(`${where}, callbacks.${index}`, Object.keys(each), EVENT_TYPES);
    for (const [name, listener] of Object.entries(each)) {
      checkOptions(`${where}, callbacks.${index}`, { [name]: listener }, { [name]: callback() });
    }
  }
  if (typeof gradientNorms === "object") {
    checkOptions(`${where}, gradientNorms`, gradientNorms, { every: required(COUNT) });
  }
  if (regularizer !== undefined) checkRegularizer(regularizer);
  if (initialState !== undefined) requireState(`${where}, initialState`, initialState);
}

/** @throws GradusError `bad-argument`, `unknown-field` for anything but a data set or `{ train, validation }`. */
export function checkFitData(where: string, data: unknown): asserts data is FitOptions["data"] {
  if (!DATASET.accepts(data)) checkOptions<FitData>(where, data, DATA_FIELDS);
}
