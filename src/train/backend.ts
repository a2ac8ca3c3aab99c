import { openBackend } from "../engine/select-backend.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";

/** The backend itself where one is given, else the one of that name. */
export function resolveBackend(options: {
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
}): Backend {
  const { backend, threads } = options;
  return typeof backend === "object" ? backend : openBackend({ backend, threads });
}
