import {
  type Field,
  type Fields,
  FLAG,
  field,
  number,
  oneOf,
  POSITIVE,
  type Resolved,
  resolveFields,
  whole,
  withDefault,
} from "../core/fields.ts";
import { formatShape, type Shape } from "../core/shape.ts";

export type { Field, Fields, Resolved } from "../core/fields.ts";

// The kinds of fields of layers, losses and initialisers, with their defaults.

/** A configuration with its type: checked, with its defaults filled in.
 *  @throws GradusError as `resolveFields`. */
export function resolveConfig<C extends { readonly type: string }>(
  where: string,
  { type, ...options }: Readonly<Record<string, unknown>>,
  fields: Fields<C>,
): Resolved<C> {
  return { ...resolveFields(where, options, fields), type } as unknown as Resolved<C>;
}

/** A value as text for tables: shapes in brackets, the rest as JSON. */
export function formatValue(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return formatShape(value);
  return JSON.stringify(value) ?? String(value);
}

export function booleanField(fallback: boolean): Field<boolean> {
  return withDefault(FLAG, fallback);
}

/** A finite number; `test` narrows it, `expected` says how. */
export function numberField(fallback: number, expected?: string, test?: (value: number) => boolean): Field<number> {
  return withDefault(number(expected, test), fallback);
}

export function positiveField(fallback: number): Field<number> {
  return withDefault(POSITIVE, fallback);
}

/** An integer of at least `least`. */
export function integerField(least: number, fallback: number): Field<number> {
  return withDefault(whole(least), fallback);
}

/** A position among axes; negative ones count from the end. */
export function axisField(fallback: number): Field<number> {
  return withDefault(field("an integer, the position of an axis", Number.isSafeInteger, { type: "integer" }), fallback);
}

export function choiceField<const T extends string>(choices: readonly T[], fallback: NoInfer<T>): Field<T> {
  return withDefault(oneOf(...choices), fallback);
}

/** Sizes without the batch axis. */
export function shapeField(allowUnknown: boolean): Field<Shape> {
  return field(
    `a list of sizes, each at least 1${allowUnknown ? ", one of which may be -1" : ""}`,
    (value) =>
      Array.isArray(value) &&
      value.every((size) => Number.isSafeInteger(size) && (size >= 1 || (allowUnknown && size === -1))) &&
      value.filter((size) => size === -1).length <= 1,
    { type: "array", items: { type: "integer", minimum: allowUnknown ? -1 : 1 } },
  );
}
