import { Assembler } from "../../src/codegen/x64/assembler.ts";
import { generals, memory, r8, r9, r10, rax, rcx, rdi, rdx, rsi, rsp, xmm } from "../../src/codegen/x64/registers.ts";
import { GradusError } from "../../src/core/errors.ts";
import { detectProcessor } from "../../src/runtime/native/detect.ts";
import { type Ffi, loadFfi } from "../../src/runtime/native/ffi.ts";
import type { NativeHeap } from "../../src/runtime/native/heap.ts";
import { MachineCode } from "../../src/runtime/native/machine-code.ts";
import { createPlatform, type Platform } from "../../src/runtime/native/platform/index.ts";
import { ProgramTable } from "../../src/runtime/native/table.ts";
import type { NativeThreadPool } from "../../src/runtime/native/thread-pool.ts";

export interface NativeMachine {
  readonly ffi: Ffi;
  readonly platform: Platform;
}

function open(): NativeMachine | string {
  try {
    const ffi = loadFfi();
    const platform = createPlatform(ffi, process.platform);
    if (!detectProcessor(ffi, platform).features.avx2) return "this processor has no AVX2";
    return { ffi, platform };
  } catch (error) {
    if (error instanceof GradusError && error.code === "backend-unavailable") return error.message;
    throw error;
  }
}

const opened = open();

/** Why machine code cannot be tested here; false where it can. */
export const skipNative: string | false = typeof opened === "string" ? opened : false;

export function nativeMachine(): NativeMachine {
  if (typeof opened === "string") throw new Error(opened);
  return opened;
}

/** The kernel to[i] = from[n - 1 - i] + 1 on 32-bit words, with the argument block (from, to, n). At its end it spoils every register that a
 *  kernel may change. */
export function emitTurnAround(): Uint8Array {
  const a = new Assembler();
  const [next, end] = [a.label(), a.label()];
  a.mov(r8, memory(rdi));
  a.mov(r9, memory(rdi, 8));
  a.mov(r10, memory(rdi, 16));
  a.bind(next);
  a.cmp(rsi, rdx);
  a.jcc("ae", end);
  a.mov(rax, r10);
  a.sub(rax, rsi);
  a.mov32(rcx, memory(r8, -4, rax, 4));
  a.arithmetic32("add", rcx, 1);
  a.mov32(memory(r9, 0, rsi, 4), rcx);
  a.add(rsi, 1);
  a.jmp(next);
  a.bind(end);
  for (const register of generals) if (register !== rsp) a.mov(register, -1);
  for (const register of xmm.slice(0, 16)) a.vector("vpxor", [register, register, register]);
  a.ret();
  return a.code.finish();
}

/** Two arrays that a program turns around into each other: every call reads what all threads wrote in the call before. */
export class TurnAround {
  readonly heap: NativeHeap;
  readonly #code: MachineCode;
  readonly #table: ProgramTable;
  readonly #places: readonly [number, number];
  readonly #pool: NativeThreadPool;
  readonly #items: number;
  readonly #calls: number;
  #runs = 0;

  /** @param calls of one program, an even number, so that the result lies where it began. */
  constructor(
    { ffi, platform }: NativeMachine,
    heap: NativeHeap,
    pool: NativeThreadPool,
    items: number,
    calls: number,
  ) {
    this.heap = heap;
    this.#pool = pool;
    this.#items = items;
    this.#calls = calls;
    this.#code = new MachineCode(ffi, platform, emitTurnAround());
    this.#places = [heap.allocate(items * 4), heap.allocate(items * 4)];
    const [x, y] = this.#places;
    this.#table = new ProgramTable(
      heap,
      Array.from({ length: calls }, (_, call) => ({
        function: 0,
        addresses: call % 2 === 0 ? [x, y, items] : [y, x, items],
        items,
        grain: 1,
        barrierBefore: call > 0,
        label: "turn around",
      })),
      [this.#code.address],
      pool.threads,
    );
  }

  run(): void {
    this.#pool.run(this.#table);
    this.#runs++;
  }

  /** One call on the calling thread: what lies in the second array afterwards. */
  runSingle(): Int32Array {
    this.#pool.runSingle(this.#table, 0, this.#items);
    return this.heap.ints(this.#places[1], this.#items);
  }

  /** Every element was raised by one in every call of every run: the first that was not. */
  firstWrong(): string | undefined {
    const expected = this.#runs * this.#calls;
    const values = this.heap.ints(this.#places[0], this.#items);
    const index = values.findIndex((value) => value !== expected);
    return index < 0 ? undefined : `element ${index} is ${values[index]}, not ${expected}`;
  }

  free(): void {
    this.#table.free();
    for (const place of this.#places) this.heap.free(place, this.#items * 4);
    this.#code.free();
  }
}
