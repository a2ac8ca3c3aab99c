import { GradusError } from "../../core/errors.ts";
import { outOfMemory, requireMemory } from "../../core/memory.ts";
import type { VectorHeap } from "../vector-device.ts";
import type { Ffi } from "./ffi.ts";
import { LARGE_PAGE_BYTES, type Platform, roundUp } from "./platform/index.ts";

/** Arrays start at multiples of a cache line, which is also the widest vector. */
const ALIGNMENT = 64;
/** A full vector may be read past the end of the last array. */
const OVER_READ_BYTES = 64;
const BLOCK_BYTES = 16 * 2 ** 20;
/** The largest memory that one JavaScript array can show, on every version of Node that we support. */
const LARGEST_BLOCK_BYTES = 2 ** 32;

interface Span {
  readonly start: number;
  readonly bytes: number;
}

/** One contiguous row of pages, divided by first fit. */
class Block {
  readonly start: number;
  /** of the pages; the last 64 are never given out */
  readonly bytes: number;
  readonly buffer: ArrayBuffer;
  /** free spans in the order of their addresses, no two of them adjacent */
  readonly #free: Span[];
  /** memory from here on was never given out and still holds the zeros of fresh pages */
  #untouched: number;

  constructor(start: number, bytes: number, buffer: ArrayBuffer) {
    this.start = start;
    this.bytes = bytes;
    this.buffer = buffer;
    this.#free = [{ start, bytes: bytes - OVER_READ_BYTES }];
    this.#untouched = start;
  }

  get isEmpty(): boolean {
    return this.#free.length === 1 && this.#free[0]?.bytes === this.bytes - OVER_READ_BYTES;
  }

  holds(address: number): boolean {
    return address >= this.start && address < this.start + this.bytes;
  }

  allocate(size: number): number | undefined {
    const index = this.#free.findIndex((span) => span.bytes >= size);
    if (index < 0) return undefined;
    const { start, bytes } = this.#free[index] as Span;
    this.#free.splice(index, 1, ...(bytes > size ? [{ start: start + size, bytes: bytes - size }] : []));
    const used = Math.min(size, this.#untouched - start);
    if (used > 0) new Uint8Array(this.buffer, start - this.start, used).fill(0);
    this.#untouched = Math.max(this.#untouched, start + size);
    return start;
  }

  free(start: number, size: number): void {
    const index = this.#free.findIndex((span) => span.start > start);
    const at = index < 0 ? this.#free.length : index;
    this.#free.splice(at, 0, { start, bytes: size });
    this.#join(at);
    this.#join(at - 1);
  }

  /** Joins a span with the next one if they touch. */
  #join(index: number): void {
    const [span, next] = [this.#free[index], this.#free[index + 1]];
    if (span && next && span.start + span.bytes === next.start) {
      this.#free.splice(index, 2, { start: span.start, bytes: span.bytes + next.bytes });
    }
  }
}

function sizeFor(bytes: number): number {
  return Math.max(ALIGNMENT, roundUp(bytes, ALIGNMENT));
}

/** Memory for all arrays of a device, in blocks of large pages. An empty block is returned to the system, except for one, so that
 *  short-lived programs do not fetch and return it every time. */
export class NativeHeap implements VectorHeap {
  readonly #ffi: Ffi;
  readonly #platform: Platform;
  readonly #available: (() => number) | undefined;
  readonly #blocks: Block[] = [];
  #keepsEmpty = true;

  /** @param available bytes available, for tests. Default: as the system reports. */
  constructor(ffi: Ffi, platform: Platform, available?: () => number) {
    this.#ffi = ffi;
    this.#platform = platform;
    this.#available = available;
  }

  /** Bytes of system memory that the heap holds. */
  get heldBytes(): number {
    return this.#blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The address of `bytes` zeroed bytes, a multiple of 64; 64 bytes more may be read.
   *  @throws GradusError `out-of-memory` if the memory does not suffice, or for more than 4 GiB. */
  allocate(bytes: number): number {
    const size = sizeFor(bytes);
    for (const block of this.#blocks) {
      const address = block.allocate(size);
      if (address !== undefined) return address;
    }
    const block = this.#grow(roundUp(Math.max(BLOCK_BYTES, size + OVER_READ_BYTES), LARGE_PAGE_BYTES));
    return block.allocate(size) as number;
  }

  /** Gives memory back; its views must not be used any more.
   *  @param bytes as it was allocated. */
  free(address: number, bytes: number): void {
    const block = this.#blockOf(address);
    block.free(address, sizeFor(bytes));
    if (!block.isEmpty) return;
    const hasOther = this.#blocks.some((other) => other !== block && other.isEmpty);
    if (!this.#keepsEmpty || hasOther || block.bytes > BLOCK_BYTES) this.#release(block);
  }

  floats(address: number, length: number): Float32Array {
    const { buffer, start } = this.#blockOf(address);
    return new Float32Array(buffer, address - start, length);
  }

  ints(address: number, length: number): Int32Array {
    const { buffer, start } = this.#blockOf(address);
    return new Int32Array(buffer, address - start, length);
  }

  /** From now on every block is returned as soon as it is empty. Memory in use stays where it is. */
  dispose(): void {
    this.#keepsEmpty = false;
    for (const block of this.#blocks.filter(({ isEmpty }) => isEmpty)) this.#release(block);
  }

  #grow(bytes: number): Block {
    if (bytes > LARGEST_BLOCK_BYTES) throw outOfMemory("native", bytes, LARGEST_BLOCK_BYTES);
    requireMemory("native", bytes, this.#available);
    const start = this.#platform.allocate(bytes);
    const block = new Block(start, bytes, this.#ffi.view(start, bytes));
    this.#blocks.push(block);
    return block;
  }

  #release(block: Block): void {
    this.#blocks.splice(this.#blocks.indexOf(block), 1);
    this.#platform.free(block.start, block.bytes);
  }

  #blockOf(address: number): Block {
    const block = this.#blocks.find((each) => each.holds(address));
    if (block === undefined) {
      throw new GradusError("bad-argument", `native: address ${address} is in no block of this heap.`, { address });
    }
    return block;
  }
}
