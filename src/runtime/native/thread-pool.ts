import { emitRunner, STATE, STATE_BYTES, THREAD_RECORD } from "../../codegen/x64/runner.ts";
import type { Ffi, NativeFunction } from "./ffi.ts";
import type { NativeHeap } from "./heap.ts";
import { MachineCode } from "./machine-code.ts";
import type { Platform, ThreadHandle } from "./platform/index.ts";
import { type ProgramTable, writeAddress } from "./table.ts";

/** How long a thread spins before it sleeps, in microseconds. Waking a sleeper takes up to 300 in a virtual machine. A thread without a
 *  program spins as long as a training loop takes to prepare the next batch. At a barrier it must spin longer than its partner may need
 *  to wake: otherwise each sleeps while the other wakes, from barrier to barrier, and a step takes twice as long as with one thread. */
const LOOK_US = { program: 600, barrier: 600, join: 600 } as const;
/** With more threads than cores, a spinning thread keeps those from running that it waits for. */
const CROWDED_LOOK_US = 1;
const TIMED_TURNS = 2000;
const RECORD_BYTES = 64;

/** Native threads that run programs together with the calling thread, in machine code throughout: one call runs a whole program.
 *  An idle pool sleeps, and does not keep the process from ending. */
export class NativeThreadPool {
  readonly threads: number;
  readonly #heap: NativeHeap;
  readonly #platform: Platform;
  readonly #code: MachineCode;
  readonly #state: number;
  readonly #bytes: number;
  readonly #run: NativeFunction;
  readonly #runAlone: NativeFunction;
  readonly #post: NativeFunction;
  readonly #handles: ThreadHandle[] = [];
  #isDisposed = false;

  /** @param threads including the calling one, which is thread 0.
   *  @param cores of the machine. */
  constructor(ffi: Ffi, platform: Platform, heap: NativeHeap, threads: number, cores: number) {
    this.threads = threads;
    this.#heap = heap;
    this.#platform = platform;
    const runner = emitRunner({ threads, convention: platform.convention, waiting: platform.waiting });
    this.#code = new MachineCode(ffi, platform, runner.bytes);
    this.#run = this.#code.callable(runner.run, 2);
    this.#runAlone = this.#code.callable(runner.runAlone, 2);
    this.#post = this.#code.callable(runner.post, 2);
    this.#bytes = STATE_BYTES + (threads - 1) * RECORD_BYTES;
    this.#state = heap.allocate(this.#bytes);
    const words = heap.ints(this.#state, this.#bytes / 4);
    const turnUs = timeTurn(this.#code.callable(runner.turns, 1));
    const turns = (lookUs: number): number => Math.ceil((threads > cores ? CROWDED_LOOK_US : lookUs) / turnUs);
    words[STATE.programSpins / 4] = turns(LOOK_US.program);
    words[STATE.barrierSpins / 4] = turns(LOOK_US.barrier);
    words[STATE.joinSpins / 4] = turns(LOOK_US.join);
    try {
      for (let thread = 1; thread < threads; thread++) {
        const record = STATE_BYTES + (thread - 1) * RECORD_BYTES;
        writeAddress(words, record + THREAD_RECORD.state, this.#state);
        writeAddress(words, record + THREAD_RECORD.number, thread);
        this.#handles.push(platform.startThread(this.#code.address + runner.thread, this.#state + record));
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Runs a program on all threads; returns when all are done. */
  run({ address, lone }: ProgramTable): void {
    if (lone) this.#runAlone(lone.first, lone.end);
    else this.#run(this.#state, address);
  }

  /** Runs a program on the calling thread alone. The values are the same: threads share results, never the terms of one. */
  runWhole({ whole }: ProgramTable): void {
    this.#runAlone(whole.first, whole.end);
  }

  /** Runs one call of a program with all its items on the calling thread. */
  runSingle(table: ProgramTable, position: number, items: number): void {
    const { first, end } = table.single(position, items);
    this.#runAlone(first, end);
  }

  /** Ends the threads and waits for them. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#post(this.#state, 0);
    for (const handle of this.#handles) this.#platform.joinThread(handle);
    this.#heap.free(this.#state, this.#bytes);
    this.#code.free();
  }
}

/** Microseconds of one spin: `pause` takes 3 to 140 cycles, depending on the processor. The least of several measurements, since any may
 *  be interrupted. */
function timeTurn(turns: NativeFunction): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 4; attempt++) {
    const start = performance.now();
    turns(TIMED_TURNS);
    least = Math.min(least, performance.now() - start);
  }
  return Math.max((least * 1000) / TIMED_TURNS, 1e-4);
}
