import { GradusError } from "../core/errors.ts";
import { requireKnownFields } from "../core/suggest.ts";

/** What a field of an options object may hold: in words, and as a test. */
export interface Check {
  readonly expected: string;
  readonly test: (value: unknown) => boolean;
}

/** One check for every field; a field without one does not compile. */
export type Checks<Options> = { readonly [Field in keyof Required<Options>]: Check };

function number(expected: string, test: (value: number) => boolean): Check {
  return { expected, test: (value) => typeof value === "number" && Number.isFinite(value) && test(value) };
}

export const POSITIVE = number("a number > 0", (value) => value > 0);
export const NOT_NEGATIVE = number("a number >= 0", (value) => value >= 0);
/** Decay rates of moving averages, and momentum: 1 would never forget. */
export const DECAY = number("a number in [0, 1)", (value) => value >= 0 && value < 1);
export const FRACTION = number("a number in [0, 1]", (value) => value >= 0 && value <= 1);
export const INNER_FRACTION = number("a number in (0, 1)", (value) => value > 0 && value < 1);
export const COUNT = number("a whole number >= 1", (value) => Number.isInteger(value) && value >= 1);
export const COUNT_OR_ZERO = number("a whole number >= 0", (value) => Number.isInteger(value) && value >= 0);
export const FLAG: Check = { expected: "true or false", test: (value) => typeof value === "boolean" };

export function oneOf(...values: readonly unknown[]): Check {
  return {
    expected: values.map((value) => JSON.stringify(value)).join(" or "),
    test: (value) => values.includes(value),
  };
}

/** Either of two kinds. */
export function either(a: Check, b: Check): Check {
  return { expected: `${a.expected}, or ${b.expected}`, test: (value) => a.test(value) || b.test(value) };
}

/** A list whose every element passes. */
export function listOf(element: Check): Check {
  return {
    expected: `a list, each element ${element.expected}`,
    test: (value) => Array.isArray(value) && value.every((part) => element.test(part)),
  };
}

/** Refuses misspelt fields and values out of range; fields that are absent or undefined take their defaults.
 *  @throws `unknown-field` with a suggestion; `bad-argument` with `{ where, name, value, expected }`. */
export function checkOptions<Options extends object>(where: string, options: Options, checks: Checks<Options>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new GradusError("bad-argument", `${where}: options must be an object, got ${JSON.stringify(options)}.`, {
      where,
      value: options,
    });
  }
  requireKnownFields(where, Object.keys(options), Object.keys(checks));
  for (const [name, check] of Object.entries<Check>(checks)) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || check.test(value)) continue;
    const got = typeof value === "string" ? JSON.stringify(value) : String(value);
    throw new GradusError("bad-argument", `${where}: ${name} must be ${check.expected}, got ${got}.`, {
      where,
      name,
      value,
      expected: check.expected,
    });
  }
}

/** As `checkOptions`, and these fields must be there.
 *  @throws `bad-argument` naming the missing field. */
export function requireOptions<Options extends object>(
  where: string,
  options: Options,
  checks: Checks<Options>,
  required: readonly (keyof Options & string)[],
): void {
  checkOptions(where, options, checks);
  for (const name of required) {
    if (options[name] !== undefined) continue;
    const { expected } = checks[name];
    throw new GradusError("bad-argument", `${where}: ${name} is missing. Give ${expected}.`, { where, name, expected });
  }
}
