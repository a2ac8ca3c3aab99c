import type { ErrorData } from "../lab/protocol.ts";

/** An error as data. Errors of Gradus have a code and values; of others the message is known. Gradus itself is not imported: the page
 *  shows errors before it has loaded. */
export function errorDataOf(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { code: "unknown", message: String(error), values: {} };
  const { code, values } = error as { readonly code?: unknown; readonly values?: unknown };
  return {
    code: typeof code === "string" ? code : "unknown",
    message: error.message,
    values: typeof values === "object" && values !== null ? (values as ErrorData["values"]) : {},
  };
}
