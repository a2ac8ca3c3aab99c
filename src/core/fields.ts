import { describe, isRecord } from "./describe.ts";
import { GradusError } from "./errors.ts";
import type { JsonSchema } from "./json-schema.ts";
import { requireKnownFields } from "./suggest.ts";

// The only checker of option objects: names, presence and values, for layers, losses, optimisers, schedules, datasets, training and
// experiments. A table has one field for every option; it does not compile if one is missing.

/** One option: what it accepts. An omitted (or undefined) option takes its fallback, or stays out. */
export interface Field<Value> {
  /** completes "must be" in messages: `a number > 0` */
  readonly expected: string;
  accepts(value: unknown): boolean;
  /** the option must be given */
  readonly isRequired?: boolean;
  /** the value if the option is omitted; only `resolveFields` writes it */
  readonly fallback?: Value;
  /** expands a shorthand to the full form, and checks what `accepts` cannot see; only `resolveFields` calls it */
  expand?(value: Value, where: string): Value;
  /** one line of help text */
  readonly help?: string;
  /** what it accepts as JSON, as far as JSON Schema can say it; false: no JSON value; left out: unknown */
  readonly schema?: JsonSchema | false;
}

/** A field whose values are plain data, and which says so. */
export type DataField<Value> = Field<Value> & { readonly schema: JsonSchema };

export type RequiredField<Value> = Field<Value> & { readonly isRequired: true };

/** One field for every option of `Options` except `type`; options that cannot be omitted have required fields. */
export type Fields<Options> = {
  readonly [Name in Exclude<keyof Options, "type">]-?: undefined extends Options[Name]
    ? Field<Exclude<Options[Name], undefined>>
    : RequiredField<Options[Name]>;
};

/** Options with their defaults written out. */
export type Resolved<Options> = { readonly [Name in keyof Options]-?: Options[Name] };

/** Rejects values that are not option objects, unknown names, values that their fields do not accept, and missing required options.
 *  Absent or undefined options are left to the caller's defaults.
 *  @param where for messages: `adam`, `in layers.1 (linear)`.
 *  @throws GradusError `unknown-field` with the nearest name, and `{ where, field, known, suggestion }`;
 *    `bad-argument` with `{ where, field, name, value, expected }`, and the value by its own name. */
export function checkOptions<Options extends object>(
  where: string,
  given: unknown,
  fields: Fields<Options>,
): asserts given is Options {
  const values = requireOptions(where, given);
  const table = fields as Readonly<Record<string, Field<unknown>>>;
  requireKnownFields(where, Object.keys(values), Object.keys(table));
  for (const [name, field] of Object.entries(table)) checkValue(where, name, values[name], field);
}

/** As `checkOptions`; returns the given options and the defaults of the others.
 *  @throws GradusError as `checkOptions`, and what a field's `expand` throws. */
export function resolveFields<Options extends object>(
  where: string,
  given: unknown,
  fields: Fields<Options>,
): Resolved<Options> {
  const values = requireOptions(where, given);
  const table = fields as Readonly<Record<string, Field<unknown>>>;
  requireKnownFields(where, Object.keys(values), Object.keys(table));
  const resolved: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(table)) {
    const value = values[name] === undefined ? field.fallback : values[name];
    checkValue(where, name, value, field);
    if (value === undefined) continue;
    resolved[name] = field.expand ? field.expand(value, `${where}, ${name}`) : value;
  }
  return resolved as Resolved<Options>;
}

/** The given value, if it is an object of options.
 *  @throws GradusError `bad-argument` for anything but an object with names, such as `{ learningRate: 0.1 }`. */
export function requireOptions(where: string, given: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(given)) return given;
  throw new GradusError("bad-argument", `${where}: expected an object of options, got ${describe(given)}.`, {
    where,
    value: given,
  });
}

function checkValue(
  where: string,
  name: string,
  value: unknown,
  { expected, accepts, isRequired }: Field<unknown>,
): void {
  if (value === undefined ? !isRequired : accepts(value)) return;
  throw new GradusError("bad-argument", `${where}: ${name} must be ${expected}, got ${describe(value)}.`, {
    [name]: value,
    where,
    field: name,
    name,
    value,
    expected,
  });
}

/** A field from its description and its test.
 *  @param schema what it accepts as JSON. Default: unknown. */
export function field<Value>(
  expected: string,
  accepts: (value: unknown) => boolean,
  schema: JsonSchema,
): DataField<Value>;
export function field<Value>(
  expected: string,
  accepts: (value: unknown) => boolean,
  schema?: JsonSchema | false,
): Field<Value>;
export function field<Value>(
  expected: string,
  accepts: (value: unknown) => boolean,
  schema?: JsonSchema | false,
): Field<Value> {
  return { expected, accepts, ...(schema === undefined ? {} : { schema }) };
}

/** The same field, required. */
export function required<Value>(of: DataField<Value>): RequiredField<Value> & DataField<Value>;
export function required<Value>(of: Field<Value>): RequiredField<Value>;
export function required<Value>(of: Field<Value>): RequiredField<Value> {
  return { ...of, isRequired: true };
}

/** The same field, with a value to use if it is omitted. */
export function withDefault<Value>(of: DataField<Value>, fallback: Value): DataField<Value>;
export function withDefault<Value>(of: Field<Value>, fallback: Value): Field<Value>;
export function withDefault<Value>(of: Field<Value>, fallback: Value): Field<Value> {
  return { ...of, fallback };
}

/** The same field, with one line of help text. */
export function withHelp<Of extends Field<unknown>>(help: string, of: Of): Of {
  return { ...of, help };
}

/** A finite number that passes a test.
 *  @param bounds the test as JSON Schema keywords, if there are any. */
export function number(
  expected = "a finite number",
  test: (value: number) => boolean = () => true,
  bounds: JsonSchema = {},
): DataField<number> {
  return field(expected, (value) => typeof value === "number" && Number.isFinite(value) && test(value), {
    type: "number",
    ...bounds,
  });
}

/** A whole number from `least` on, up to 2^53 - 1. */
export function whole(least: number): DataField<number> {
  return field(
    `an integer of at least ${least}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= least,
    { type: "integer", minimum: least },
  );
}

export const POSITIVE = number("a number > 0", (value) => value > 0, { exclusiveMinimum: 0 });
export const NOT_NEGATIVE = number("a number >= 0", (value) => value >= 0, { minimum: 0 });
/** Decay rates of moving averages, momentum, and dropped fractions: 1 would leave nothing. */
export const DECAY = number("a number in [0, 1)", (value) => value >= 0 && value < 1, {
  minimum: 0,
  exclusiveMaximum: 1,
});
export const FRACTION = number("a number in [0, 1]", (value) => value >= 0 && value <= 1, { minimum: 0, maximum: 1 });
export const INNER_FRACTION = number("a number in (0, 1)", (value) => value > 0 && value < 1, {
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
});
export const COUNT = whole(1);
export const COUNT_OR_ZERO = whole(0);
export const FLAG: DataField<boolean> = field("true or false", (value) => typeof value === "boolean", {
  type: "boolean",
});
export const TEXT: DataField<string> = field(
  "a non-empty string",
  (value) => typeof value === "string" && value !== "",
  {
    type: "string",
    minLength: 1,
  },
);

/** A string, also an empty one. */
export const ANY_TEXT: DataField<string> = field("a string", (value) => typeof value === "string", { type: "string" });

/** A function; its parameters cannot be checked. */
export function callback<Value>(): Field<Value> {
  return field("a function", (value) => typeof value === "function", false);
}

/** An object of named values; the code that uses it checks them. @param expected what it should be. */
export function recordField<Value>(expected: string, schema: JsonSchema): DataField<Value>;
export function recordField<Value>(expected: string): Field<Value>;
export function recordField<Value>(expected: string, schema?: JsonSchema): Field<Value> {
  return field(expected, isRecord, schema);
}

/** An object or a name; the code that uses it checks it. @param expected what it should be. */
export function namedField<Value>(expected: string, schema: JsonSchema): DataField<Value>;
export function namedField<Value>(expected: string): Field<Value>;
export function namedField<Value>(expected: string, schema?: JsonSchema): Field<Value> {
  return field(expected, (value) => isRecord(value) || typeof value === "string", schema);
}

export function oneOf<const Values extends readonly unknown[]>(...values: Values): DataField<Values[number]> {
  return field(values.map((value) => JSON.stringify(value)).join(" or "), (value) => values.includes(value), {
    enum: values,
  });
}

/** Either of two kinds. */
export function either<A, B>(a: DataField<A>, b: DataField<B>): DataField<A | B>;
export function either<A, B>(a: Field<A>, b: Field<B>): Field<A | B>;
export function either<A, B>(a: Field<A>, b: Field<B>): Field<A | B> {
  return field(
    `${a.expected}, or ${b.expected}`,
    (value) => a.accepts(value) || b.accepts(value),
    eitherSchema(a.schema, b.schema),
  );
}

function eitherSchema(a: Field<unknown>["schema"], b: Field<unknown>["schema"]): Field<unknown>["schema"] {
  if (a === undefined || b === undefined) return undefined;
  if (a === false) return b;
  return b === false ? a : { anyOf: [a, b] };
}

/** A list whose every element passes. */
export function listOf<Value>(element: DataField<Value>): DataField<readonly Value[]>;
export function listOf<Value>(element: Field<Value>): Field<readonly Value[]>;
export function listOf<Value>(element: Field<Value>): Field<readonly Value[]> {
  const { schema } = element;
  return field(
    `a list, each element ${element.expected}`,
    (value) => Array.isArray(value) && value.every((part) => element.accepts(part)),
    schema === undefined || schema === false ? schema : { type: "array", items: schema },
  );
}

/** Number of threads. */
export const THREADS = number(
  "a whole number from 1 to 256",
  (value) => Number.isInteger(value) && value >= 1 && value <= 256,
  { type: "integer", minimum: 1, maximum: 256 },
);

/** A signal that requests a stop. */
export const SIGNAL: Field<AbortSignal> = field("an AbortSignal", (value) => value instanceof AbortSignal, false);

/** Names, none of them empty. */
export const TEXTS: DataField<readonly string[]> = listOf(TEXT);
