import type { NativeIsa } from "../codegen/x64/target.ts";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { checkOptions, type Fields, field, THREADS } from "../core/fields.ts";
import { coreCount, environment, isNode, warn } from "../core/host.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";

export interface BackendOptions {
  /** "auto" takes the fastest that runs here. Default: the environment variable GRADUS_BACKEND, else "auto". */
  readonly backend?: BackendName | "auto" | undefined;
  /** Default: the environment variable GRADUS_THREADS, else one per core, at most 8. The reference backend has one. */
  readonly threads?: number | undefined;
}

/** The backends that exist, the fastest first. Each is loaded when it is opened: a page that runs WebAssembly never loads the assembler
 *  for x64. */
const FACTORIES = {
  native: async (threads: number) => {
    if (!isNode) throw new GradusError("backend-unavailable", "native: machine code needs Node");
    const [{ createNativeBackend }, { NATIVE_TARGETS }] = await Promise.all([
      import("./native/backend.ts"),
      import("../codegen/x64/target.ts"),
    ]);
    return createNativeBackend({ threads, isa: nativeIsa(Object.keys(NATIVE_TARGETS)) });
  },
  wasm: async (threads: number) => {
    const { createWasmBackend } = await import("./wasm/backend.ts");
    return createWasmBackend({ threads, simd: environment("GRADUS_WASM_SIMD") !== "0" });
  },
  reference: async () => {
    const { createReferenceBackend } = await import("../runtime/reference/interpreter.ts");
    return createReferenceBackend();
  },
} satisfies Partial<Record<BackendName, (threads: number) => Promise<Backend>>>;

type Available = keyof typeof FACTORIES;

const BACKEND_FIELDS: Fields<BackendOptions> = {
  backend: field('the name of a backend, or "auto"', (value) => typeof value === "string"),
  threads: THREADS,
};

/** Opened backends and those that are being opened, by name and thread count. */
const opened = new Map<string, Promise<Backend>>();

/** Names that `backend` may have, the fastest first. */
export const BACKEND_NAMES: readonly Available[] = Object.keys(FACTORIES) as Available[];

/** The instruction set that GRADUS_NATIVE_ISA names: for tests and comparisons on a processor that has more.
 *  @param sets those that machine code is emitted for. */
function nativeIsa(sets: readonly string[]): NativeIsa | "none" | undefined {
  const given = environment("GRADUS_NATIVE_ISA");
  if (given === undefined) return undefined;
  const known = [...sets, "none"];
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

/** The backend that the options name: loaded and opened once for each thread count, then shared until it is disposed.
 *  "auto" takes the fastest that runs here; if a faster one cannot run, one warning says why.
 *    const backend = await openBackend({ backend: "wasm", threads: 2 })
 *  @throws GradusError `bad-argument` for an unknown name or thread count, `backend-unavailable` if it cannot run here. */
export async function openBackend(options: BackendOptions = {}): Promise<Backend> {
  checkOptions<BackendOptions>("openBackend", options, BACKEND_FIELDS);
  const name = options.backend ?? environment("GRADUS_BACKEND") ?? "auto";
  const threads = resolveThreads(options.threads);
  if (name === "auto") return openFirst(threads);
  requireArgument(
    typeof name === "string" && Object.hasOwn(FACTORIES, name),
    `unknown backend ${describe(name)}. Give one of: auto, ${BACKEND_NAMES.join(", ")}.`,
    { backend: name, known: BACKEND_NAMES },
  );
  return openNamed(name as Available, threads);
}

/** Calls that come while a backend is being opened wait for the same one. */
function openNamed(name: Available, wanted: number): Promise<Backend> {
  const threads = name === "reference" ? 1 : wanted;
  const key = `${name} ${threads}`;
  const known = opened.get(key);
  if (known) return known;
  const opening = FACTORIES[name](threads).then(
    (backend): Backend => ({
      ...backend,
      dispose: () => {
        if (opened.get(key) === opening) opened.delete(key);
        backend.dispose();
      },
    }),
  );
  opened.set(key, opening);
  // the next call tries again
  opening.catch(() => opened.delete(key));
  return opening;
}

/** The fastest backend that opens, once it is known; it stays the same for the process. */
let automatic: Promise<Available> | undefined;

async function openFirst(threads: number): Promise<Backend> {
  automatic ??= firstThatOpens(threads).catch((error) => {
    automatic = undefined;
    throw error;
  });
  return openNamed(await automatic, threads);
}

async function firstThatOpens(threads: number): Promise<Available> {
  const refusals: string[] = [];
  for (const name of BACKEND_NAMES) {
    // a page has no machine code that it could miss
    if (name === "native" && !isNode) continue;
    try {
      const backend = await openNamed(name, threads);
      if (refusals.length > 0) warn(`${refusals.join("; ")}; using ${backend.description}.`);
      return name;
    } catch (error) {
      const mayGoOn = error instanceof GradusError && ["backend-unavailable", "out-of-memory"].includes(error.code);
      if (!mayGoOn) throw error;
      refusals.push(error.message);
    }
  }
  throw new GradusError("backend-unavailable", `no backend runs here: ${refusals.join("; ")}.`, { refusals });
}
