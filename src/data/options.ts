import {
  type Field,
  FLAG,
  number,
  oneOf,
  listOf as parts,
  TEXT,
  whole as wholeNumber,
  withHelp,
} from "../core/fields.ts";

import { COLUMN } from "../io/csv.ts";

// Options of datasets and of image transforms: fields with one line of help, for `gradus datasets` and experiment files.

export type OptionFields = Readonly<Record<string, Field<unknown>>>;

/** The options that a table of fields describes. */
export type OptionsOf<Table extends OptionFields> = {
  readonly [Name in keyof Table]?: Table[Name] extends Field<infer Value> ? Value : never;
};

export function text(help: string): Field<string> {
  return withHelp(help, TEXT);
}

export function flag(help: string): Field<boolean> {
  return withHelp(help, FLAG);
}

export function whole(help: string, least: number): Field<number> {
  return withHelp(help, wholeNumber(least));
}

export function real(help: string, expected: string, test: (value: number) => boolean): Field<number> {
  return withHelp(help, number(expected, test));
}

export function choice<const Names extends readonly string[]>(help: string, names: Names): Field<Names[number]> {
  return withHelp(help, oneOf(...names));
}

export function column(help: string): Field<string | number> {
  return withHelp(help, COLUMN);
}

export function listOf<Value>(each: Field<Value>): Field<readonly Value[]> {
  return withHelp(each.help ?? "", parts(each));
}
