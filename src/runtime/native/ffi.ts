import { GradusError } from "../../core/errors.ts";
import { loadingWholeModules } from "./whole-module.ts";

/** A C function. Integers of 64 bits go in as numbers below 2^53 or BigInts, and come out as numbers where they fit; an array goes in as the
 *  address of its elements. */
export type NativeFunction = (...values: readonly (number | bigint | ArrayBufferView)[]) => number | bigint;

export interface Library {
  func(name: string, result: string, parameters: readonly string[]): NativeFunction;
  /** the address of a symbol */
  symbol(name: string): bigint;
}

/** The part of the package `koffi` that we use. Its own types speak of `any`. */
export interface Ffi {
  /** null: what the process has loaded already */
  load(path: string | null): Library;
  proto(result: string, parameters: readonly string[]): object;
  /** the function of such a prototype at an address */
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

/** Node's `process`, undefined elsewhere. Reached at run time, because static imports would break bundles for browsers. */
export function nodeHost(): Host | undefined {
  return (globalThis as { readonly process?: Host }).process;
}

function unavailable(reason: string, cause?: unknown): GradusError {
  return new GradusError("backend-unavailable", `native: ${reason}`, { reason }, { cause });
}

/** Says why machine code cannot run here before anything is loaded.
 *  @throws GradusError `backend-unavailable`. */
export function requireNativeHost(
  host: Host | undefined,
): asserts host is Host & Required<Pick<Host, "getBuiltinModule">> {
  if (host?.getBuiltinModule === undefined) throw unavailable("machine code needs Node");
  if (host.arch !== "x64") throw unavailable(`machine code is emitted for x64 processors, this one is ${host.arch}`);
  const threads = host.getBuiltinModule("node:worker_threads") as { readonly isMainThread: boolean };
  // the FFI keeps one call stack for the main thread; from a worker thread a call of machine code crashes the process
  if (!threads.isMainThread) throw unavailable("machine code cannot be called from a worker thread");
}

/** A file that was cut short may load and lack functions. */
function requireFunctions(loaded: unknown): Ffi {
  const koffi = loaded as Partial<Ffi> | undefined;
  for (const name of ["load", "proto", "decode", "view", "errno"] as const) {
    if (typeof koffi?.[name] !== "function") throw new Error(`it has no function ${name}`);
  }
  return koffi as Ffi;
}

/** Loads `koffi`, if it is installed and works.
 *  @param load for tests: gives a package by its name. Default: Node's `require`.
 *  @throws GradusError `backend-unavailable` with what to do, whatever the package throws. */
export function loadFfi(load?: (name: string) => unknown): Ffi {
  const host = nodeHost();
  requireNativeHost(host);
  const { createRequire } = host.getBuiltinModule("node:module") as {
    createRequire(from: string): (name: string) => unknown;
  };
  try {
    // a bundle of CommonJS has no address of its own
    const require = load ?? createRequire(import.meta.url ?? `${host.cwd?.()}/bundle.js`);
    return requireFunctions(loadingWholeModules(() => require("koffi")));
  } catch (cause) {
    const { code, message } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
    if (code === "MODULE_NOT_FOUND") throw unavailable("the package koffi is not installed (npm install koffi)", cause);
    if (code === "ERR_DLOPEN_DISABLED") throw unavailable("Node runs with --no-addons", cause);
    throw unavailable(`the package koffi does not load: ${String(message ?? cause).split("\n", 1)[0]}`, cause);
  }
}
