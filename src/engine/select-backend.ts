import { GradusError } from "../core/errors.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { createReferenceBackend } from "../runtime/reference/interpreter.ts";

export interface BackendOptions {
  /** "auto" takes the fastest that runs here. Default: the environment variable GRADUS_BACKEND, else "auto". */
  readonly backend?: BackendName | "auto" | undefined;
  /** Default: the environment variable GRADUS_THREADS, else one a core, at most 8. */
  readonly threads?: number | undefined;
}

const FACTORIES: Readonly<Record<string, (threads: number) => Backend>> = {
  reference: () => createReferenceBackend(),
};

const opened = new Map<string, Backend>();

function environment(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env[name];
}

/** The backend that the options name; opened once, then shared.
 *  @throws `bad-argument` for an unknown name or thread count, `backend-unavailable` where it cannot run here. */
export function openBackend(options: BackendOptions = {}): Backend {
  const name = options.backend ?? environment("GRADUS_BACKEND") ?? "auto";
  const key = name;
  const known = opened.get(key);
  if (known) return known;
  const factory = FACTORIES[name === "auto" ? "reference" : name];
  if (!factory) throw new GradusError("bad-argument", `unknown backend ${name}`, { name });
  const backend = factory(1);
  opened.set(key, backend);
  return backend;
}
