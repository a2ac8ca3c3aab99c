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

/** The schema of one definition, by name. */
export function reference(name: DefinitionName): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}
