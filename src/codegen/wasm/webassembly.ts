import { GradusError } from "../../core/errors.ts";

/** The part of the WebAssembly interface that Gradus uses. It is declared here because neither ECMAScript's library nor Node's types
 *  contain it, and the browser's library would add the whole DOM to the type check. */

declare const moduleBrand: unique symbol;

/** A compiled module; can be sent to workers. */
export interface WasmModule {
  readonly [moduleBrand]: true;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  grow(pages: number): number;
}

export type WasmFunction = (...values: readonly number[]) => number | undefined;

export interface WasmInstance {
  readonly exports: Readonly<Record<string, WasmFunction>>;
}

export interface WebAssemblyInterface {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => WasmInstance;
  readonly Memory: new (limits: { initial: number; maximum: number; shared?: boolean }) => WasmMemory;
  compile(bytes: Uint8Array): Promise<WasmModule>;
}

/** undefined if the engine has no WebAssembly. */
export const webAssembly = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly;

/** Bytes of a memory page. */
export const PAGE_BYTES = 65536;

/** Creates a memory. Engines reserve addresses for its maximum size.
 *  @throws GradusError `backend-unavailable` if there is no WebAssembly, or the system refuses. */
export function createMemory(limits: { initial: number; maximum: number; shared?: boolean }): WasmMemory {
  if (webAssembly === undefined) {
    throw new GradusError("backend-unavailable", "wasm: this engine has no WebAssembly. Use the reference backend.");
  }
  try {
    return new webAssembly.Memory(limits);
  } catch (cause) {
    throw new GradusError(
      "backend-unavailable",
      `wasm: the system refuses the memory (${(cause as Error).message}); raise its address space limit (ulimit -v), or use the reference backend`,
      { ...limits },
      { cause },
    );
  }
}
