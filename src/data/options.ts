import { type Field, FLAG, field, number, oneOf, listOf as parts, TEXT, whole as wholeNumber } from "../core/fields.ts";

// Options of data sets and of transforms of pictures: fields with a line of help, for `gradus datasets` and experiment files.

export type OptionFields = Readonly<Record<string, Field<unknown>>>;

/** The options that a table of fields describes. */
export type OptionsOf<Table extends OptionFields> = {
  readonly [Name in keyof Table]?: Table[Name] extends Field<infer Value> ? Value : never;
};

/** The same field, with a line of help. */
export function helped<Of extends Field<unknown>>(help: string, of: Of): Of {
  return { ...of, help };
}

export function text(help: string): Field<string> {
  return helped(help, TEXT);
}

export function flag(help: string): Field<boolean> {
  return helped(help, FLAG);
}

export function whole(help: string, least: number): Field<number> {
  return helped(help, wholeNumber(least));
}

export function real(help: string, expected: string, test: (value: number) => boolean): Field<number> {
  return helped(help, number(expected, test));
}

export function choice<const Names extends readonly string[]>(help: string, names: Names): Field<Names[number]> {
  return helped(help, oneOf(...names));
}

const COLUMN: Field<string | number> = field(
  "a column's name or number",
  (value) => TEXT.accepts(value) || Number.isInteger(value),
);

export function column(help: string): Field<string | number> {
  return helped(help, COLUMN);
}

export function listOf<Value>(each: Field<Value>): Field<readonly Value[]> {
  return helped(each.help ?? "", parts(each));
}
