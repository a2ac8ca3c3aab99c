import { GradusError } from "../core/errors.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import { requireKnownFields } from "../core/suggest.ts";

/** One field of a configuration: what it accepts and what it is when left out. */
export interface Field<T> {
  /** for messages: `an integer of at least 1` */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** the value when the field is left out; a field without one is required, unless it is optional */
  readonly fallback?: T;
  /** may be left out and then stays out */
  readonly optional?: true;
  /** turns a shorthand into the full form; checks what `accepts` cannot see */
  readonly expand?: (value: T, where: string) => T;
}

/** One entry a field of C, without `type`. */
export type Fields<C> = { readonly [K in Exclude<keyof C, "type">]-?: Field<Exclude<C[K], undefined>> };

/** A configuration with its defaults written out. */
export type Resolved<C> = { readonly [K in keyof C]-?: C[K] };

/** Checks a configuration against its fields and writes its defaults out.
 *  @param where for messages: `in layers.1 (linear)`.
 *  @throws GradusError `unknown-field` for a name that is not among the fields (with the nearest that is);
 *    `bad-argument` for a missing field and for a value that a field does not accept, with `{ where, field, value, expected }`. */
export function resolveFields<C extends { readonly type: string }>(
  where: string,
  given: Readonly<Record<string, unknown>>,
  fields: Fields<C>,
): Resolved<C> {
  const table = fields as Readonly<Record<string, Field<unknown>>>;
  requireKnownFields(where, Object.keys(given), ["type", ...Object.keys(table)]);
  const resolved: Record<string, unknown> = { type: given.type };
  for (const [name, field] of Object.entries(table)) {
    const value = given[name] ?? field.fallback;
    if (value === undefined && field.optional) continue;
    if (value === undefined || !field.accepts(value)) {
      const got = value === undefined ? "nothing" : formatValue(value);
      throw new GradusError("bad-argument", `${where}: ${name} must be ${field.expected}, got ${got}.`, {
        where,
        field: name,
        value,
        expected: field.expected,
      });
    }
    resolved[name] = field.expand ? field.expand(value, `${where}, ${name}`) : value;
  }
  return resolved as Resolved<C>;
}

/** A value as text for messages and tables: shapes in brackets, the rest as JSON. */
export function formatValue(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return formatShape(value);
  return JSON.stringify(value) ?? String(value);
}

export function booleanField(fallback: boolean): Field<boolean> {
  return { expected: "true or false", accepts: (value) => typeof value === "boolean", fallback };
}

/** A finite number; `test` narrows it, `expected` says how. */
export function numberField(
  fallback: number | undefined,
  expected = "a finite number",
  test: (value: number) => boolean = () => true,
): Field<number> {
  return {
    expected,
    accepts: (value) => typeof value === "number" && Number.isFinite(value) && test(value),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

export function positiveField(fallback: number): Field<number> {
  return numberField(fallback, "a number above 0", (value) => value > 0);
}

/** An integer of at least `least`. */
export function integerField(least: number, fallback?: number): Field<number> {
  return {
    expected: `an integer of at least ${least}`,
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= least,
    ...(fallback === undefined ? {} : { fallback }),
  };
}

/** A position among axes; negative ones count from the end. */
export function axisField(fallback: number): Field<number> {
  return { expected: "an integer, the position of an axis", accepts: Number.isSafeInteger, fallback };
}

export function choiceField<T extends string>(choices: readonly T[], fallback?: T): Field<T> {
  return {
    expected: choices.map((choice) => JSON.stringify(choice)).join(" or "),
    accepts: (value) => choices.includes(value as T),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

/** Sizes without the batch axis. */
export function shapeField(allowUnknown: boolean): Field<Shape> {
  return {
    expected: `a list of sizes, each at least 1${allowUnknown ? ", one of which may be -1" : ""}`,
    accepts: (value) =>
      Array.isArray(value) &&
      value.every((size) => Number.isSafeInteger(size) && (size >= 1 || (allowUnknown && size === -1))) &&
      value.filter((size) => size === -1).length <= 1,
  };
}

/** The same field, which may be left out and then stays out. */
export function optionalField<T>(field: Field<T>): Field<T> {
  return { expected: field.expected, accepts: field.accepts, optional: true };
}
