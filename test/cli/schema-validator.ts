import type { DefinitionName, JsonSchema } from "../../src/core/json-schema.ts";

/** A whole schema: the root and what it refers to. */
export type WholeSchema = JsonSchema & { readonly $defs: Readonly<Record<DefinitionName, JsonSchema>> };

const KINDS: Readonly<Record<NonNullable<JsonSchema["type"]>, (value: unknown) => boolean>> = {
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

/** Keywords that say nothing about validity. */
const WORDS = ["$schema", "$defs", "title", "description", "default"];

type Check = (value: unknown, schema: JsonSchema, whole: WholeSchema, path: string) => readonly string[];

const numeric =
  (
    keyword: "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum",
    holds: (a: number, b: number) => boolean,
  ) =>
  (value: unknown, schema: JsonSchema, _: WholeSchema, path: string): readonly string[] =>
    typeof value !== "number" || holds(value, schema[keyword] as number) ? [] : [`${path}: ${keyword}`];

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One check for every keyword that schemas here have; `required` and `additionalProperties` go with an object's `properties`. */
const CHECKS: Readonly<Record<string, Check>> = {
  $ref: (value, { $ref }, whole, path) => {
    const name = ($ref as string).replace("#/$defs/", "") as DefinitionName;
    return errorsOf(value, whole.$defs[name], whole, path);
  },
  type: (value, { type }, _, path) => (type === undefined || KINDS[type](value) ? [] : [`${path}: no ${type}`]),
  const: (value, schema, _, path) => (isSame(value, schema.const) ? [] : [`${path}: not ${String(schema.const)}`]),
  enum: (value, schema, _, path) =>
    schema.enum?.some((each) => isSame(each, value)) ? [] : [`${path}: none of ${JSON.stringify(schema.enum)}`],
  anyOf: (value, { anyOf = [] }, whole, path) =>
    anyOf.some((each) => errorsOf(value, each, whole, path).length === 0) ? [] : [`${path}: fits no alternative`],
  minimum: numeric("minimum", (a, b) => a >= b),
  exclusiveMinimum: numeric("exclusiveMinimum", (a, b) => a > b),
  maximum: numeric("maximum", (a, b) => a <= b),
  exclusiveMaximum: numeric("exclusiveMaximum", (a, b) => a < b),
  minLength: (value, { minLength = 0 }, _, path) =>
    typeof value !== "string" || value.length >= minLength ? [] : [`${path}: minLength`],
  pattern: (value, { pattern = "" }, _, path) =>
    typeof value !== "string" || new RegExp(pattern).test(value) ? [] : [`${path}: pattern`],
  items: (value, { items = {} }, whole, path) =>
    Array.isArray(value) ? value.flatMap((each, index) => errorsOf(each, items, whole, `${path}.${index}`)) : [],
  minItems: (value, { minItems = 0 }, _, path) =>
    !Array.isArray(value) || value.length >= minItems ? [] : [`${path}: minItems`],
  maxItems: (value, { maxItems = 0 }, _, path) =>
    !Array.isArray(value) || value.length <= maxItems ? [] : [`${path}: maxItems`],
  properties: (value, { properties = {} }, whole, path) =>
    entriesOf(value).flatMap(([name, each]) =>
      Object.hasOwn(properties, name) ? errorsOf(each, properties[name] as JsonSchema, whole, `${path}.${name}`) : [],
    ),
  required: (value, { required = [] }, _, path) =>
    KINDS.object(value)
      ? required.filter((name) => !Object.hasOwn(value as object, name)).map((name) => `${path}: ${name} is missing`)
      : [],
  additionalProperties: (value, { additionalProperties: others, properties = {} }, whole, path) =>
    entriesOf(value)
      .filter(([name]) => !Object.hasOwn(properties, name))
      .flatMap(([name, each]) => {
        if (typeof others === "object") return errorsOf(each, others, whole, `${path}.${name}`);
        return others === false ? [`${path}: unknown ${name}`] : [];
      }),
};

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return KINDS.object(value) ? Object.entries(value as object) : [];
}

/** What of a value does not fit a schema; empty where all does. Keywords that it does not know are refused. */
export function errorsOf(value: unknown, schema: JsonSchema, whole: WholeSchema, path = "$"): readonly string[] {
  return Object.keys(schema).flatMap((keyword) => {
    if (WORDS.includes(keyword)) return [];
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the validator does not know ${keyword}`);
    return check(value, schema, whole, path);
  });
}
