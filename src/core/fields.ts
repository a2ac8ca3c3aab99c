import { describe, isRecord } from "./describe.ts";
import { GradusError } from "./errors.ts";
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
}

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

/** A field from its description and its test. */
export function field<Value>(expected: string, accepts: (value: unknown) => boolean): Field<Value> {
  return { expected, accepts };
}

/** The same field, required. */
export function required<Value>(of: Field<Value>): RequiredField<Value> {
  return { ...of, isRequired: true };
}

/** The same field, with a value to use if it is omitted. */
export function withDefault<Value>(of: Field<Value>, fallback: Value): Field<Value> {
  return { ...of, fallback };
}

/** A finite number that passes a test. */
export function number(expected = "a finite number", test: (value: number) => boolean = () => true): Field<number> {
  return field(expected, (value) => typeof value === "number" && Number.isFinite(value) && test(value));
}

/** A whole number from `least` to 2^53 - 1. */
export function whole(least: number): Field<number> {
  return field(`an integer of at least ${least}`, (value) => Number.isSafeInteger(value) && (value as number) >= least);
}

export const POSITIVE = number("a number > 0", (value) => value > 0);
export const NOT_NEGATIVE = number("a number >= 0", (value) => value >= 0);
/** Decay rates of moving averages, momentum, and dropped fractions: 1 would leave nothing. */
export const DECAY = number("a number in [0, 1)", (value) => value >= 0 && value < 1);
export const FRACTION = number("a number in [0, 1]", (value) => value >= 0 && value <= 1);
export const INNER_FRACTION = number("a number in (0, 1)", (value) => value > 0 && value < 1);
export const COUNT = whole(1);
export const COUNT_OR_ZERO = whole(0);
export const FLAG: Field<boolean> = field("true or false", (value) => typeof value === "boolean");
export const TEXT: Field<string> = field("a non-empty string", (value) => typeof value === "string" && value !== "");

/** The same field, with one line of help text. */
export function withHelp<Of extends Field<unknown>>(help: string, of: Of): Of {
  return { ...of, help };
}

/** A function; its parameters cannot be checked. */
export function callback<Value>(): Field<Value> {
  return field("a function", (value) => typeof value === "function");
}

/** An object of named values that is checked where it is used. @param expected what it should be. */
export function recordField<Value>(expected: string): Field<Value> {
  return field(expected, isRecord);
}

/** An object or a name that is checked where it is used. @param expected what it should be. */
export function namedField<Value>(expected: string): Field<Value> {
  return field(expected, (value) => isRecord(value) || typeof value === "string");
}

export function oneOf<const Values extends readonly unknown[]>(...values: Values): Field<Values[number]> {
  return field(values.map((value) => JSON.stringify(value)).join(" or "), (value) => values.includes(value));
}

/** Either of two kinds. */
export function either<A, B>(a: Field<A>, b: Field<B>): Field<A | B> {
  return field(`${a.expected}, or ${b.expected}`, (value) => a.accepts(value) || b.accepts(value));
}

/** A list whose every element passes. */
export function listOf<Value>(element: Field<Value>): Field<readonly Value[]> {
  return field(
    `a list, each element ${element.expected}`,
    (value) => Array.isArray(value) && value.every((part) => element.accepts(part)),
  );
}

/** Number of threads. */
export const THREADS: Field<number> = number(
  "a whole number from 1 to 256",
  (value) => Number.isInteger(value) && value >= 1 && value <= 256,
);

/** A signal that requests a stop. */
export const SIGNAL: Field<AbortSignal> = field("an AbortSignal", (value) => value instanceof AbortSignal);

/** Names, none of them empty. */
export const TEXTS: Field<readonly string[]> = listOf(TEXT);
