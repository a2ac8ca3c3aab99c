import { GradusError } from "../core/errors.ts";
import { EXIT, exitStatus } from "./exit-codes.ts";
import { jsonLine, line, styled, type Terminal } from "./terminal.ts";

/** Prints an error as one block, without a stack trace unless DEBUG is set, and also as JSON with --json. Returns the exit status. */
export function reportError(terminal: Terminal, error: unknown): number {
  const isOurs = error instanceof GradusError;
  const status = isOurs ? exitStatus(error) : EXIT.internal;
  const message = error instanceof Error ? error.message : String(error);
  if (terminal.isJson) {
    jsonLine(terminal.out, {
      error: isOurs ? { code: error.code, message, values: plainValues(error) } : { code: "internal", message },
    });
  }
  const head = styled(terminal.errors, ["red", "bold"], isOurs ? `error (${error.code})` : "error (a bug in Gradus)");
  line(terminal.errors, `${head}  ${message}`);
  const stack = error instanceof Error ? error.stack : undefined;
  if (process.env.DEBUG && stack) line(terminal.errors, stack);
  else if (!isOurs) line(terminal.errors, "Please report this error. DEBUG=1 shows its stack trace.");
  return status;
}

/** The values of an error that JSON can hold: no weights, no functions. */
function plainValues({ values }: GradusError): Record<string, unknown> {
  const isPlain = (value: unknown): boolean =>
    value === null ||
    ["string", "number", "boolean"].includes(typeof value) ||
    (Array.isArray(value) && value.every(isPlain));
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isPlain(value)));
}
