import { GradusError, requireArgument } from "../core/errors.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { createReferenceBackend } from "../runtime/reference/interpreter.ts";
import { createWasmBackend } from "./wasm/backend.ts";

export interface BackendOptions {
  /** "auto" takes the fastest that runs here. Default: the environment variable GRADUS_BACKEND, else "auto". */
  readonly backend?: BackendName | "auto" | undefined;
  /** Default: the environment variable GRADUS_THREADS, else one a core, at most 8. The reference backend has one. */
  readonly threads?: number | undefined;
}

/** The backends that exist, the fastest first. */
const FACTORIES = {
  wasm: (threads: number) => createWasmBackend({ threads, simd: environment("GRADUS_WASM_SIMD") !== "0" }),
  reference: () => createReferenceBackend(),
} satisfies Partial<Record<BackendName, (threads: number) => Backend>>;

type Available = keyof typeof FACTORIES;

const opened = new Map<string, Backend>();

/** Names that `backend` may have, the fastest first. */
export const BACKEND_NAMES: readonly Available[] = Object.keys(FACTORIES) as Available[];

function environment(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env[name];
}

function coreCount(): number {
  const os = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process?.getBuiltinModule?.(
    "node:os",
  ) as { availableParallelism(): number } | undefined;
  return (
    os?.availableParallelism() ??
    (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ??
    1
  );
}

/** The thread count that the options, else the environment, else the machine give. */
export function resolveThreads(threads: number | undefined): number {
  const given =
    threads ?? (environment("GRADUS_THREADS") === undefined ? undefined : Number(environment("GRADUS_THREADS")));
  if (given === undefined) return Math.min(8, coreCount());
  requireArgument(
    Number.isInteger(given) && given >= 1 && given <= 256,
    `threads must be a whole number from 1 to 256, got ${given}.`,
    {
      threads: given,
    },
  );
  return given;
}

/** The backend that the options name; opened once for each thread count, then shared.
 *  @throws `bad-argument` for an unknown name or thread count, `backend-unavailable` where it cannot run here. */
export function openBackend(options: BackendOptions = {}): Backend {
  const name = options.backend ?? environment("GRADUS_BACKEND") ?? "auto";
  if (name !== "auto" && !(name in FACTORIES)) {
    throw new GradusError(
      "bad-argument",
      `unknown backend "${name}". Give one of: auto, ${BACKEND_NAMES.join(", ")}.`,
      {
        backend: name,
        known: BACKEND_NAMES,
      },
    );
  }
  const chosen = (name === "auto" ? BACKEND_NAMES[0] : name) as Available;
  const threads = chosen === "reference" ? 1 : resolveThreads(options.threads);
  const key = `${chosen} ${threads}`;
  let backend = opened.get(key);
  if (!backend) {
    backend = FACTORIES[chosen](threads);
    opened.set(key, backend);
  }
  return backend;
}
