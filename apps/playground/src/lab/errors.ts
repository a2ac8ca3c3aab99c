import { GradusError } from "gradus";
import type { ErrorData } from "./protocol.ts";

/** Whether a value can be sent and read as data. */
function isPlain(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean", "undefined"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  return typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype
    ? Object.values(value).every(isPlain)
    : false;
}

/** An error as data; weights and other objects among its values stay behind. */
export function errorData(error: unknown): ErrorData {
  if (error instanceof GradusError) {
    const values = Object.entries(error.values).filter(([, value]) => isPlain(value));
    return { code: error.code, message: error.message, values: Object.fromEntries(values) };
  }
  return { code: "unexpected", message: error instanceof Error ? error.message : String(error), values: {} };
}
