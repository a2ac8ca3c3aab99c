import { createMemory, PAGE_BYTES, type WasmMemory } from "../../codegen/wasm/webassembly.ts";
import { outOfMemory, requireMemory } from "../../core/memory.ts";
import type { VectorHeap } from "../vector-device.ts";

const ALIGNMENT = 64;
const MAXIMUM_PAGES = 65536;

interface Span {
  readonly start: number;
  readonly bytes: number;
}

/** One WebAssembly memory for all arrays of a device, divided by first fit. It grows on demand and never shrinks; freed memory is reused. */
export class WasmHeap implements VectorHeap {
  readonly memory: WasmMemory;
  readonly pages: { readonly initial: number; readonly maximum: number };
  /** free spans in the order of their addresses, no two of them adjacent */
  #free: Span[] = [];
  #end: number;
  /** memory from here on was never given out and still holds its initial zeros */
  #untouched: number;
  #capacity: number;

  readonly #available: (() => number) | undefined;

  /** @param reserved bytes at address 0 that the device keeps for itself.
   *  @param available bytes available, for tests. Default: as the system reports. */
  constructor(shared: boolean, reserved: number, available?: () => number) {
    this.#available = available;
    this.pages = { initial: 256, maximum: MAXIMUM_PAGES };
    this.memory = createMemory({ ...this.pages, shared });
    this.#end = Math.ceil(reserved / ALIGNMENT) * ALIGNMENT;
    this.#untouched = this.#end;
    this.#capacity = this.pages.initial * PAGE_BYTES;
  }

  /** Bytes from the start to the highest address in use. */
  get usedBytes(): number {
    return this.#end;
  }

  /** The address of `bytes` zeroed bytes, a multiple of 64; 64 bytes more may be read.
   *  @throws GradusError `out-of-memory` with the bytes. */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const start = this.#take(size);
    const used = Math.min(size, this.#untouched - start);
    if (used > 0) new Uint8Array(this.memory.buffer, start, used).fill(0);
    this.#untouched = Math.max(this.#untouched, start + size);
    return start;
  }

  /** The address of the first free span of this size, or of fresh memory. */
  #take(size: number): number {
    const index = this.#free.findIndex((span) => span.bytes >= size);
    if (index >= 0) {
      const span = this.#free[index] as Span;
      const rest = { start: span.start + size, bytes: span.bytes - size };
      this.#free.splice(index, 1, ...(rest.bytes > 0 ? [rest] : []));
      return span.start;
    }
    const start = this.#end;
    this.#reserve(start + size);
    this.#end += size;
    return start;
  }

  free(start: number, bytes: number): void {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const index = this.#free.findIndex((span) => span.start > start);
    const at = index < 0 ? this.#free.length : index;
    this.#free.splice(at, 0, { start, bytes: size });
    this.#join(at);
    this.#join(at - 1);
    const last = this.#free.at(-1);
    if (last && last.start + last.bytes === this.#end) {
      this.#end = last.start;
      this.#free.pop();
    }
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  /** Joins a span with the next one if they touch. */
  #join(index: number): void {
    const [span, next] = [this.#free[index], this.#free[index + 1]];
    if (span && next && span.start + span.bytes === next.start) {
      this.#free.splice(index, 2, { start: span.start, bytes: span.bytes + next.bytes });
    }
  }

  #reserve(bytes: number): void {
    // a full vector may be read past the last array
    const needed = bytes + PAGE_BYTES - this.#capacity;
    if (needed <= 0) return;
    // in steps of an eighth, so that many small arrays do not grow it many times
    const pages = Math.max(Math.ceil(needed / PAGE_BYTES), Math.ceil(this.#capacity / PAGE_BYTES / 8));
    const limit = MAXIMUM_PAGES - this.#capacity / PAGE_BYTES;
    const grown = Math.min(pages, limit);
    if (needed > limit * PAGE_BYTES) throw outOfMemory("wasm", bytes + PAGE_BYTES, MAXIMUM_PAGES * PAGE_BYTES);
    requireMemory("wasm", needed, this.#available);
    try {
      this.memory.grow(grown);
    } catch (cause) {
      throw outOfMemory("wasm", bytes, undefined, { cause });
    }
    this.#capacity += grown * PAGE_BYTES;
  }
}
