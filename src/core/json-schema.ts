import type { Field } from "./fields.ts";

// The part of JSON Schema that options need. Fields know their own part; who publishes a schema puts the parts together.

/** What a schema refers to by name. The program that publishes a schema defines each of them: see `src/cli/experiment-schema.ts`. */
export type DefinitionName =
  | "activation"
  | "augmentation"
  | "clip"
  | "dataset"
  | "earlyStopping"
  | "initializer"
  | "layer"
  | "loss"
  | "metric"
  | "model"
  | "optimizer"
  | "pca"
  | "regularizer"
  | "schedule";

/** A schema of JSON Schema, draft 2020-12, with the keywords that are used here. */
export interface JsonSchema {
  readonly $ref?: `#/$defs/${DefinitionName}`;
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
}

export type FieldTable = Readonly<Record<string, Field<unknown>>>;

/** The schema of one definition, by name. */
export function reference(name: DefinitionName): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

/** What one field accepts, in words, as a schema, and with its default. A field that says nothing of its values accepts any. */
export function fieldSchema({ schema, help, expected, fallback }: Field<unknown>): JsonSchema {
  return {
    ...(schema === false ? {} : schema),
    description: help === undefined || help === "" ? expected : help,
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

/** An object with these fields and no others. Fields that no JSON value can fill are left out.
 *  @param fixed fields with one value each, which must be there: `{ type: "adam" }`. */
export function objectSchema(fields: FieldTable, fixed: Readonly<Record<string, string>> = {}): JsonSchema {
  const known = Object.entries(fields).filter(([, { schema }]) => schema !== false);
  const required = known.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  const names = [...Object.keys(fixed), ...required];
  return {
    type: "object",
    properties: {
      ...Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name, { const: value }])),
      ...Object.fromEntries(known.map(([name, field]) => [name, fieldSchema(field)])),
    },
    ...(names.length === 0 ? {} : { required: names }),
    additionalProperties: false,
  };
}

/** A configuration from a table: `{ "type": "adam", … }`, or the bare name of a type without required fields.
 *  @param key the field that holds the name. */
export function configSchema(table: Readonly<Record<string, FieldTable>>, key = "type"): JsonSchema {
  const entries = Object.entries(table);
  const short = entries.filter(([, fields]) => !Object.values(fields).some(({ isRequired }) => isRequired));
  return {
    anyOf: [
      ...(short.length === 0 ? [] : [{ enum: short.map(([type]) => type) }]),
      ...entries.map(([type, fields]) => objectSchema(fields, { [key]: type })),
    ],
  };
}
