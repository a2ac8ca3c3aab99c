import type { Field } from "./fields.ts";
import type { JsonSchema } from "./json-schema.ts";

export type FieldTable = Readonly<Record<string, Field<unknown>>>;

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
