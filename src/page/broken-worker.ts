import { GradusError } from "../core/errors.ts";
import type { PortEvent } from "./port.ts";

/** The error of a worker that ended or could not be loaded. Browsers say little of a file that was not found. */
export function brokenWorker({ message }: PortEvent): GradusError {
  const reason = message === undefined || message === "" ? "its file could not be loaded" : message;
  return new GradusError("backend-unavailable", `the engine's worker does not run: ${reason}.`, { reason });
}
