import { NATIVE_TARGETS, type NativeIsa } from "../codegen/x64/target.ts";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { checkOptions, type Fields, field, THREADS } from "../core/fields.ts";
import { coreCount, environment, isNode, warn } from "../core/host.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { createReferenceBackend } from "../runtime/reference/interpreter.ts";
import { createNativeBackend } from "./native/backend.ts";
import { createWasmBackend } from "./wasm/backend.ts";

export interface BackendOptions {
  /** "auto" takes the fastest that runs here. Default: the environment variable GRADUS_BACKEND, else "auto". */
  readonly backend?: BackendName | "auto" | undefined;
  /** Default: the environment variable GRADUS_THREADS, else one a core, at most 8. The reference backend has one. */
  readonly threads?: number | undefined;
}

/** The backends that exist, the fastest first. */
const FACTORIES = {
  native: (threads: number) => createNativeBackend({ threads, isa: nativeIsa() }),
  wasm: (threads: number) => createWasmBackend({ threads, simd: environment("GRADUS_WASM_SIMD") !== "0" }),
  reference: () => createReferenceBackend(),
} satisfies Partial<Record<BackendName, (threads: number) => Backend>>;

type Available = keyof typeof FACTORIES;

const BACKEND_FIELDS: Fields<BackendOptions> = {
  backend: field('the name of a backend, or "auto"', (value) => typeof value === "string"),
  threads: THREADS,
};

const opened = new Map<string, Backend>();

/** Names that `backend` may have, the fastest first. */
export const BACKEND_NAMES: readonly Available[] = Object.keys(FACTORIES) as Available[];

/** The instruction set that GRADUS_NATIVE_ISA names: for tests and comparisons on a processor that has more. */
function nativeIsa(): NativeIsa | "none" | undefined {
  const given = environment("GRADUS_NATIVE_ISA");
  if (given === undefined) return undefined;
  const known = [...Object.keys(NATIVE_TARGETS), "none"];
  requireArgument(known.includes(given), `GRADUS_NATIVE_ISA must be one of ${known.join(", ")}, got "${given}".`, {
    given,
  });
  return given as NativeIsa | "none";
}

/** The thread count that the options, else the environment, else the machine give. */
export function resolveThreads(threads: number | undefined): number {
  const variable = environment("GRADUS_THREADS");
  const isGiven = threads !== undefined && threads !== null;
  if (!isGiven && variable === undefined) return Math.min(8, coreCount());
  const count = isGiven ? threads : Number(variable);
  requireArgument(
    THREADS.accepts(count),
    `${isGiven ? "threads" : "GRADUS_THREADS"} must be ${THREADS.expected}, got ${describe(isGiven ? threads : variable)}.`,
    { threads: isGiven ? threads : variable },
  );
  return count;
}

/** The backend that the options name; opened once for each thread count, then shared until it is disposed.
 *  "auto" goes on to the next where one cannot run here, and says so once.
 *  @throws `bad-argument` for an unknown name or thread count, `backend-unavailable` where it cannot run here. */
export function openBackend(options: BackendOptions = {}): Backend {
  checkOptions<BackendOptions>("openBackend", options, BACKEND_FIELDS);
  const name = options.backend ?? environment("GRADUS_BACKEND") ?? "auto";
  if (name === "auto") return openFirst(options);
  requireArgument(
    typeof name === "string" && Object.hasOwn(FACTORIES, name),
    `unknown backend ${describe(name)}. Give one of: auto, ${BACKEND_NAMES.join(", ")}.`,
    { backend: name, known: BACKEND_NAMES },
  );
  return openNamed(name as Available, options);
}

function openNamed(name: Available, options: BackendOptions): Backend {
  const wanted = resolveThreads(options.threads);
  const threads = name === "reference" ? 1 : wanted;
  const key = `${name} ${threads}`;
  const known = opened.get(key);
  if (known) return known;
  const backend = FACTORIES[name](threads);
  const shared: Backend = {
    ...backend,
    dispose: () => {
      opened.delete(key);
      backend.dispose();
    },
  };
  opened.set(key, shared);
  return shared;
}

let automatic: Available | undefined;

/** The fastest backend that opens; which one it is stays so for the process. */
function openFirst(options: BackendOptions): Backend {
  if (automatic !== undefined) return openNamed(automatic, options);
  const refusals: string[] = [];
  for (const name of BACKEND_NAMES) {
    try {
      const backend = openNamed(name, options);
      automatic = name;
      // only Node has machine code to fall back from; in a page there is nothing to tell
      if (refusals.length > 0 && isNode) warn(`${refusals.join("; ")}; using ${backend.description}.`);
      return backend;
    } catch (error) {
      const mayGoOn = error instanceof GradusError && ["backend-unavailable", "out-of-memory"].includes(error.code);
      if (!mayGoOn) throw error;
      refusals.push(error.message);
    }
  }
  throw new GradusError("backend-unavailable", `no backend runs here: ${refusals.join("; ")}.`, { refusals });
}
