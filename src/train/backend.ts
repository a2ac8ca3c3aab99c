import { openBackend } from "../engine/select-backend.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";

/** The given backend, or the one with the given name, opened.
 *  @throws GradusError as `openBackend`. */
export async function resolveBackend(options: {
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
}): Promise<Backend> {
  const { backend, threads } = options;
  return typeof backend === "object" ? backend : openBackend({ backend, threads });
}
