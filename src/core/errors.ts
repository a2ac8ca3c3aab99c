import { printable } from "./terminal-text.ts";

/** What went wrong, as a code that programs can match. The text of an error may change; its code and values do not. */
export type ErrorCode =
  | "shape-mismatch"
  | "dtype-mismatch"
  | "bad-argument"
  | "not-differentiable"
  | "unsupported-kernel"
  | "backend-unavailable"
  | "disposed"
  | "bad-data"
  | "truncated-file"
  | "file-not-found"
  | "label-out-of-range"
  | "empty-dataset"
  | "unknown-field"
  | "bad-experiment"
  | "not-finite"
  | "checksum-mismatch"
  | "out-of-plan"
  | "out-of-memory"
  | "limit-exceeded"
  | "io-error"
  | "in-use"
  | "resume-mismatch"
  | "interrupted";

export type ErrorValues = Readonly<Record<string, unknown>>;

/** The only error class of Gradus: data first (`code`, `values`), text second.
 *  The text says what was expected, what came, and what to do. Control characters in it are escaped (`printable`). */
export class GradusError extends Error {
  readonly code: ErrorCode;
  readonly values: ErrorValues;

  constructor(code: ErrorCode, message: string, values: ErrorValues = {}, options?: ErrorOptions) {
    // the text may quote names from files
    super(printable(message), options);
    this.name = "GradusError";
    this.code = code;
    this.values = values;
  }
}

/** Throws `bad-argument` unless the condition holds. */
export function requireArgument(condition: boolean, message: string, values: ErrorValues = {}): asserts condition {
  if (!condition) throw new GradusError("bad-argument", message, values);
}

/** `where: expected …, got …` for a number that must lie in an interval. */
export function requireInRange(
  where: string,
  name: string,
  value: number,
  test: (value: number) => boolean,
  expected: string,
): void {
  if (Number.isNaN(value) || !test(value)) {
    throw new GradusError("bad-argument", `${where}: ${name} must be ${expected}, got ${value}.`, {
      where,
      name,
      value,
      expected,
    });
  }
}
