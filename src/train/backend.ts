import { openBackend } from "../engine/select-backend.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";

/** The given backend, or the one with the given name. */
export function resolveBackend(options: {
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
}): Backend {
  const { backend, threads } = options;
  return typeof backend === "object" ? backend : openBackend({ backend, threads });
}
