import { GradusError } from "../core/errors.ts";
import { requireKnownFields } from "../core/suggest.ts";

/** One option of a data set: what it means, and how to check a value that came from JSON. */
export interface OptionField<Value> {
  readonly help: string;
  /** In words, for errors: "a whole number of 1 or more". */
  readonly expected: string;
  readonly isRequired: boolean;
  readonly accepts: (value: unknown) => value is Value;
}

export type OptionFields = Readonly<Record<string, OptionField<unknown>>>;

/** The options of a table of fields, checked. */
export type OptionsOf<Fields extends OptionFields> = {
  readonly [Name in keyof Fields]?: Fields[Name] extends OptionField<infer Value> ? Value : never;
};

function field<Value>(help: string, expected: string, accepts: (value: unknown) => value is Value): OptionField<Value> {
  return { help, expected, accepts, isRequired: false };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isColumn = (value: unknown): value is string | number => isText(value) || Number.isInteger(value);

export function text(help: string): OptionField<string> {
  return field(help, "a text", isText);
}

export function flag(help: string): OptionField<boolean> {
  return field(help, "true or false", isFlag);
}

export function whole(help: string, least: number): OptionField<number> {
  const accepts = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= least;
  return field(help, `a whole number of ${least} or more`, accepts);
}

export function real(help: string, expected: string, test: (value: number) => boolean): OptionField<number> {
  return field(help, expected, (value): value is number => Number.isFinite(value) && test(value as number));
}

export function choice<const Names extends readonly string[]>(help: string, names: Names): OptionField<Names[number]> {
  return field(help, `one of ${names.join(", ")}`, (value): value is Names[number] => names.includes(value as string));
}

export function column(help: string): OptionField<string | number> {
  return field(help, "a column's name or number", isColumn);
}

export function listOf<Value>(each: OptionField<Value>): OptionField<readonly Value[]> {
  const accepts = (value: unknown): value is readonly Value[] => Array.isArray(value) && value.every(each.accepts);
  return field(each.help, `a list, each ${each.expected}`, accepts);
}

export function required<Value>(of: OptionField<Value>): OptionField<Value> {
  return { ...of, isRequired: true };
}

/** Checks an object against a table of fields.
 *  @throws GradusError `unknown-field` with the nearest name; `bad-argument` with `{ where, name, value, expected }`. */
export function parseOptions<Fields extends OptionFields>(
  where: string,
  fields: Fields,
  given: unknown,
): OptionsOf<Fields> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new GradusError("bad-argument", `${where}: expected an object of options, got ${JSON.stringify(given)}.`, {
      where,
      value: given,
    });
  }
  requireKnownFields(where, Object.keys(given), Object.keys(fields));
  const values = given as Readonly<Record<string, unknown>>;
  for (const [name, { expected, accepts, isRequired }] of Object.entries(fields)) {
    const value = values[name];
    if (value === undefined && isRequired) {
      throw new GradusError("bad-argument", `${where}: ${name} is missing; give ${expected}.`, {
        where,
        name,
        value,
        expected,
      });
    }
    if (value !== undefined && !accepts(value)) {
      throw new GradusError("bad-argument", `${where}: ${name} must be ${expected}, got ${JSON.stringify(value)}.`, {
        where,
        name,
        value,
        expected,
      });
    }
  }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as OptionsOf<Fields>;
}
