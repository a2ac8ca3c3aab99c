import { GradusError } from "../../core/errors.ts";
import { loadingWholeModules } from "./whole-module.ts";

/** A C function. 64-bit integers are passed as numbers below 2^53 or BigInts, and returned as numbers if they fit; an array is passed as
 *  the address of its elements. */
export type NativeFunction = (...values: readonly (number | bigint | ArrayBufferView)[]) => number | bigint;

export interface Library {
  func(name: string, result: string, parameters: readonly string[]): NativeFunction;
  /** the address of a symbol */
  symbol(name: string): bigint;
}

/** The part of the package `koffi` that we use. Its own types contain `any`. */
export interface Ffi {
  /** null: everything that the process has loaded already */
  load(path: string | null): Library;
  proto(result: string, parameters: readonly string[]): object;
  /** the function with this prototype at an address */
  decode(address: number, type: object): NativeFunction;
  /** the memory itself, not a copy */
  view(address: number, bytes: number): ArrayBuffer;
  /** the C library's error number after the last call */
  errno(): number;
}

interface Host {
  readonly platform: string;
  readonly arch: string;
  cwd?(): string;
  getBuiltinModule?(name: string): unknown;
}

/** Node's `process`, undefined elsewhere. Looked up at run time, because static imports would break bundles for browsers. */
export function nodeHost(): Host | undefined {
  return (globalThis as { readonly process?: Host }).process;
}

function unavailable(reason: string, cause?: unknown): GradusError {
  return new GradusError("backend-unavailable", `native: ${reason}`, { reason }, { cause });
}

/** Checks before anything is loaded whether machine code can run here.
 *  @throws GradusError `backend-unavailable` with the reason if it cannot. */
export function requireNativeHost(
  host: Host | undefined,
): asserts host is Host & Required<Pick<Host, "getBuiltinModule">> {
  if (host?.getBuiltinModule === undefined) throw unavailable("machine code needs Node");
  if (host.arch !== "x64") throw unavailable(`machine code is emitted for x64 processors, this one is ${host.arch}`);
  const threads = host.getBuiltinModule("node:worker_threads") as { readonly isMainThread: boolean };
  // the FFI keeps one call stack for the main thread; calling machine code from a worker thread crashes the process
  if (!threads.isMainThread) throw unavailable("machine code cannot be called from a worker thread");
}

/** A truncated file may load and lack functions. */
function requireFunctions(loaded: unknown): Ffi {
  const koffi = loaded as Partial<Ffi> | undefined;
  for (const name of ["load", "proto", "decode", "view", "errno"] as const) {
    if (typeof koffi?.[name] !== "function") throw new Error(`it has no function ${name}`);
  }
  return koffi as Ffi;
}

/** Loads `koffi`, if it is installed and works.
 *  @param load for tests: returns a package by name. Default: Node's `require`.
 *  @throws GradusError `backend-unavailable` with what to do, whatever the package throws. */
export function loadFfi(load?: (name: string) => unknown): Ffi {
  const host = nodeHost();
  requireNativeHost(host);
  const { createRequire } = host.getBuiltinModule("node:module") as {
    createRequire(from: string): (name: string) => unknown;
  };
  try {
    // a CommonJS bundle has no `import.meta.url`
    const require = load ?? createRequire(import.meta.url ?? `${host.cwd?.()}/bundle.js`);
    return requireFunctions(loadingWholeModules(() => require("koffi")));
  } catch (cause) {
    const { code, message } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
    if (code === "MODULE_NOT_FOUND") throw unavailable("the package koffi is not installed (npm install koffi)", cause);
    if (code === "ERR_DLOPEN_DISABLED") throw unavailable("Node runs with --no-addons", cause);
    throw unavailable(`the package koffi does not load: ${String(message ?? cause).split("\n", 1)[0]}`, cause);
  }
}
