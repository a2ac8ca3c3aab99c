import { configSchema, type FieldTable, objectSchema } from "../core/field-schema.ts";
import type { DefinitionName, JsonSchema } from "../core/json-schema.ts";
import { TRANSFORMS } from "../data/images/augment.ts";
import { PCA_FIELDS } from "../data/pca.ts";
import { datasets } from "../datasets/registry.ts";
import { ACTIVATIONS } from "../nn/activations.ts";
import { INITIALIZERS } from "../nn/init/init.ts";
import { LAYERS } from "../nn/layers.ts";
import { LOSSES } from "../nn/losses/losses.ts";
import { MODEL_FIELDS } from "../nn/model.ts";
import { REGULARIZER_FIELDS } from "../nn/regularizer.ts";
import { WRAPPER } from "../nn/validate.ts";
import { CLIP_FIELDS } from "../optim/clip.ts";
import { OPTIMIZER_FIELDS } from "../optim/optimizers.ts";
import { SCHEDULE_FIELDS } from "../optim/schedules.ts";
import { EARLY_STOPPING_FIELDS } from "../train/early-stopping.ts";
import { METRIC_NAMES } from "../train/metrics.ts";
import { WHOLE_RUN } from "../train/schedule.ts";
import { EXPERIMENT_FIELDS } from "./experiment.ts";

/** The fields of every rule of a table. */
function fieldsOf(rules: Readonly<Record<string, { readonly fields: unknown }>>): Readonly<Record<string, FieldTable>> {
  return Object.fromEntries(Object.entries(rules).map(([type, { fields }]) => [type, fields as FieldTable]));
}

/** The same table with fields that may be left out. */
function withOptional(table: FieldTable, ...names: readonly string[]): FieldTable {
  const entries = Object.entries(table).map(([name, field]) => [
    name,
    names.includes(name) ? { ...field, isRequired: false } : field,
  ]);
  return Object.fromEntries(entries) as FieldTable;
}

/** Schedules as a run takes them: those of a whole run last as long as it does. */
const RUN_SCHEDULES = Object.fromEntries(
  Object.entries<FieldTable>(SCHEDULE_FIELDS).map(([type, fields]) => [
    type,
    (WHOLE_RUN as readonly string[]).includes(type) ? withOptional(fields, "length") : fields,
  ]),
);

/** What the fields refer to, from the tables that know it. A name without a definition does not compile. */
const DEFINITIONS: Readonly<Record<DefinitionName, JsonSchema>> = {
  activation: configSchema(fieldsOf(ACTIVATIONS)),
  augmentation: configSchema(fieldsOf(TRANSFORMS)),
  clip: configSchema(CLIP_FIELDS),
  dataset: configSchema(
    Object.fromEntries(Object.entries(datasets).map(([name, { options }]) => [name, options as FieldTable])),
    "name",
  ),
  earlyStopping: objectSchema(EARLY_STOPPING_FIELDS),
  initializer: { anyOf: [{ const: "auto" }, configSchema(fieldsOf(INITIALIZERS))] },
  layer: configSchema({ ...fieldsOf(LAYERS), activation: WRAPPER }),
  loss: configSchema(fieldsOf(LOSSES)),
  metric: { anyOf: [{ enum: METRIC_NAMES }, { type: "string", pattern: "^top[1-9][0-9]*$" }] },
  model: objectSchema(withOptional(MODEL_FIELDS, "inputShape")),
  optimizer: configSchema(OPTIMIZER_FIELDS),
  pca: objectSchema(PCA_FIELDS),
  regularizer: objectSchema(REGULARIZER_FIELDS),
  schedule: configSchema(RUN_SCHEDULES),
};

/** What an experiment file may hold, for editors: JSON Schema, draft 2020-12. It knows names, kinds and ranges; whether parts fit each
 *  other only a run can say. */
export function experimentSchema(): object {
  const { properties, ...rest } = objectSchema(EXPERIMENT_FIELDS);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Experiment of gradus",
    ...rest,
    properties: { $schema: { type: "string", description: "the address of this schema, for editors" }, ...properties },
    $defs: DEFINITIONS,
  };
}
