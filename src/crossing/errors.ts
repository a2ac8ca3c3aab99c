import { type ErrorCode, type ErrorValues, GradusError } from "../core/errors.ts";

/** An error as it crosses a border, where its class is lost. */
export interface SentError {
  /** Of its class: "GradusError", "TypeError". */
  readonly name: string;
  readonly message: string;
  /** Of a GradusError. */
  readonly code?: ErrorCode | undefined;
  /** Of a GradusError; of another error where training added the weights. */
  readonly values?: ErrorValues | undefined;
  readonly stack?: string | undefined;
  readonly cause?: unknown;
}

/** The classes of the language, by name. */
const CLASSES: Readonly<Record<string, new (message: string, options?: ErrorOptions) => Error>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** The fields of an error; values and causes as they are. */
export function sentError(error: Error): SentError {
  const { name, message, stack, cause } = error;
  const { values } = error as { readonly values?: ErrorValues };
  return {
    name,
    message,
    ...(error instanceof GradusError ? { code: error.code } : {}),
    ...(values === undefined ? {} : { values }),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** An error from its fields.
 *  @param keep is given the error before what it carries, which may lead back to it. @param read makes values and causes anew. */
export function makeError(sent: SentError, keep: (error: Error) => Error, read: (part: unknown) => unknown): Error {
  const { name, message, code, stack } = sent;
  const error = keep(code === undefined ? new (CLASSES[name] ?? Error)(message) : new GradusError(code, message));
  const set = (field: string, value: unknown, enumerable = false) =>
    Object.defineProperty(error, field, { value, enumerable, configurable: true, writable: true });
  if (error.name !== name) set("name", name);
  if (stack !== undefined) set("stack", stack);
  // those that training added to a foreign error are not enumerable
  if (sent.values !== undefined) set("values", read(sent.values), code !== undefined);
  if ("cause" in sent) set("cause", read(sent.cause));
  return error;
}
