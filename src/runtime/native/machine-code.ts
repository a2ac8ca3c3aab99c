import type { Ffi, NativeFunction } from "./ffi.ts";
import type { Platform } from "./platform/index.ts";

/** Machine code in separate pages: writable while it is written, executable afterwards. */
export class MachineCode {
  readonly address: number;
  readonly #ffi: Ffi;
  readonly #platform: Platform;
  readonly #bytes: number;
  #isFreed = false;

  /** @throws GradusError `backend-unavailable` if the system gives no pages or does not make them executable. */
  constructor(ffi: Ffi, platform: Platform, bytes: Uint8Array) {
    this.#ffi = ffi;
    this.#platform = platform;
    this.#bytes = bytes.length;
    this.address = platform.allocate(bytes.length);
    new Uint8Array(ffi.view(this.address, bytes.length)).set(bytes);
    try {
      platform.makeExecutable(this.address, bytes.length);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** The function at an offset, as a C function of 64-bit integers. A call costs some tens of nanoseconds. */
  callable(offset: number, parameters: number): NativeFunction {
    const type = this.#ffi.proto("void", Array<string>(parameters).fill("int64_t"));
    return this.#ffi.decode(this.address + offset, type);
  }

  /** Gives the pages back; nothing may call into them afterwards. */
  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.#platform.free(this.address, this.#bytes);
  }
}
