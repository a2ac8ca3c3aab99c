import { GradusError } from "../core/errors.ts";

// What stands in the place of `native/backend.ts` where a bundle is made for hosts other than Node, so that a page carries no assembler.

/** @throws GradusError `backend-unavailable`. */
export function openNativeBackend(): never {
  throw new GradusError("backend-unavailable", "native: this bundle was made for hosts other than Node.");
}
