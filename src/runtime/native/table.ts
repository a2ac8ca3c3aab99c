import { chunkOf } from "../../codegen/chunk.ts";
import type { KernelCall } from "../../codegen/program.ts";
import { ENTRY, TABLE } from "../../codegen/x64/runner.ts";
import type { NativeHeap } from "./heap.ts";

const WORD = 4;
/** Argument blocks start at multiples of a cache line, as all memory of the heap does; eight addresses fill one. */
const LINE_BYTES = 64;

/** Writes an address, a whole number below 2^53, as 8 bytes. */
export function writeAddress(words: Int32Array, offset: number, address: number): void {
  words[offset / WORD] = address | 0;
  words[offset / WORD + 1] = Math.floor(address / 2 ** 32);
}

interface Share {
  readonly call: KernelCall;
  readonly block: number;
  readonly begin: number;
  readonly end: number;
  readonly barrier: boolean;
}

/** The calls before which all threads must meet. A barrier between two rows of calls that only thread 0 has work in may be left out: one
 *  thread keeps their order by itself. */
function barriersOf(calls: readonly KernelCall[], threads: number): readonly boolean[] {
  const isLone = (call: KernelCall): boolean => chunkOf(call, threads) >= call.items;
  const barriers = calls.map(({ barrierBefore }) => barrierBefore && threads > 1);
  // for each call: does its row, from one barrier to the next, belong to thread 0 alone?
  const loneRows: boolean[] = [];
  let from = 0;
  for (let position = 1; position <= calls.length; position++) {
    if (position < calls.length && !barriers[position]) continue;
    const isLoneRow = calls.slice(from, position).every(isLone);
    while (loneRows.length < position) loneRows.push(isLoneRow);
    from = position;
  }
  return barriers.map((barrier, position) => {
    const isBetweenLone = loneRows[position] === true && (position === 0 || loneRows[position - 1] === true);
    return barrier && !isBetweenLone;
  });
}

/** The work of one thread, in order: its share of every call, and the barriers. */
function sharesOf(
  calls: readonly KernelCall[],
  blocks: readonly number[],
  barriers: readonly boolean[],
  thread: number,
  threads: number,
): Share[] {
  const shares: Share[] = [];
  calls.forEach((call, position) => {
    const chunk = chunkOf(call, threads);
    const begin = Math.min(thread * chunk, call.items);
    const end = Math.min(begin + chunk, call.items);
    const barrier = barriers[position] as boolean;
    if (begin < end || barrier) shares.push({ call, block: blocks[position] as number, begin, end, barrier });
  });
  return shares;
}

/** A row of entries: the address of the first, and the address after the last. */
export interface EntryList {
  readonly first: number;
  readonly end: number;
}

/** A program in native memory, in the form that the runner reads: each thread's list of shares, and the calls' argument blocks. */
export class ProgramTable {
  readonly address: number;
  /** thread 0's list, if it holds all the work: the other threads then need not run */
  readonly lone: EntryList | undefined;
  /** all the work of all calls, for one thread */
  readonly whole: EntryList;
  readonly #heap: NativeHeap;
  readonly #bytes: number;
  readonly #blocks: readonly number[];
  readonly #kernels: readonly number[];
  /** a separate entry, for a single call */
  readonly #single: number;

  /** @param kernels the address of each function's code. */
  constructor(heap: NativeHeap, calls: readonly KernelCall[], kernels: readonly number[], threads: number) {
    this.#heap = heap;
    this.#kernels = calls.map((call) => kernels[call.function] as number);
    const blockBytes = calls.map(({ addresses }) => Math.ceil((addresses.length * 8) / LINE_BYTES) * LINE_BYTES);
    const blocksAt = threads * TABLE.threadBytes + (calls.length * (threads + 1) + 1) * ENTRY.bytes + LINE_BYTES;
    const blocksStart = Math.ceil(blocksAt / LINE_BYTES) * LINE_BYTES;
    this.#bytes = blockBytes.reduce((sum, bytes) => sum + bytes, blocksStart);
    this.address = heap.allocate(this.#bytes);
    const words = heap.ints(this.address, this.#bytes / WORD);

    let next = blocksStart;
    this.#blocks = calls.map(({ addresses }, position) => {
      const offset = next;
      addresses.forEach((address, index) => {
        writeAddress(words, offset + index * 8, address);
      });
      next += blockBytes[position] as number;
      return this.address + offset;
    });

    let entry = threads * TABLE.threadBytes;
    const writeList = (shares: readonly Share[]): EntryList => {
      const first = this.address + entry;
      for (const { call, block, begin, end, barrier } of shares) {
        writeAddress(words, entry + ENTRY.kernel, begin < end ? (kernels[call.function] as number) : 0);
        writeAddress(words, entry + ENTRY.block, block);
        words[(entry + ENTRY.begin) / WORD] = begin;
        words[(entry + ENTRY.end) / WORD] = end;
        words[(entry + ENTRY.barrier) / WORD] = barrier ? 1 : 0;
        entry += ENTRY.bytes;
      }
      return { first, end: this.address + entry };
    };
    const barriers = barriersOf(calls, threads);
    const lists = Array.from({ length: threads }, (_, thread) =>
      writeList(sharesOf(calls, this.#blocks, barriers, thread, threads)),
    );
    lists.forEach(({ first, end }, thread) => {
      writeAddress(words, thread * TABLE.threadBytes + TABLE.begin, first);
      writeAddress(words, thread * TABLE.threadBytes + TABLE.end, end);
    });
    this.whole = writeList(
      sharesOf(
        calls,
        this.#blocks,
        calls.map(() => false),
        0,
        1,
      ),
    );
    this.lone = lists.slice(1).every(({ first, end }) => first === end) ? lists[0] : undefined;
    this.#single = this.address + entry;
  }

  /** A list of one entry: all items of a call, for one thread. */
  single(position: number, items: number): EntryList {
    const words = this.#heap.ints(this.#single, ENTRY.bytes / WORD);
    writeAddress(words, ENTRY.kernel, items > 0 ? (this.#kernels[position] as number) : 0);
    writeAddress(words, ENTRY.block, this.#blocks[position] as number);
    words[ENTRY.begin / WORD] = 0;
    words[ENTRY.end / WORD] = items;
    return { first: this.#single, end: this.#single + ENTRY.bytes };
  }

  free(): void {
    this.#heap.free(this.address, this.#bytes);
  }
}
