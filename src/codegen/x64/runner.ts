import { Assembler } from "./assembler.ts";
import { type CallingConvention, enterFromSystem } from "./calling-convention.ts";
import {
  type General,
  type Label,
  type Memory,
  memory,
  r12,
  r13,
  rax,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
} from "./registers.ts";
import { type Waiting, waitingCode } from "./waiting.ts";

/** Words of a pool's state, in bytes from its start. Each word that threads write has its own cache line. */
export const STATE = {
  /** incremented for every posted program */
  generation: 0,
  /** threads that sleep until the generation changes */
  sleepers: 64,
  /** address of the program's table; 0 ends the threads */
  table: 128,
  /** threads that have finished the program */
  done: 192,
  /** whether the calling thread sleeps until `done` changes */
  joinSleeps: 256,
  /** threads that have arrived at the barrier */
  arrived: 320,
  /** incremented each time all have arrived */
  barrierGeneration: 384,
  barrierSleepers: 448,
  /** polls before sleeping: for a program, at a barrier, for the end of the other threads */
  programSpins: 512,
  barrierSpins: 516,
  joinSpins: 520,
} as const;
export const STATE_BYTES = 576;

/** The record whose address a started thread receives: the pool's state and its own number, 8 bytes each. */
export const THREAD_RECORD = { state: 0, number: 8, bytes: 16 } as const;

/** A table starts with the begin and end addresses of each thread's list, 8 bytes each; a list is a sequence of entries of this form. */
export const TABLE = { threadBytes: 16, begin: 0, end: 8 } as const;
export const ENTRY = {
  /** address of the code; 0 if this thread has no share of the work and only waits at the barrier */
  kernel: 0,
  /** address of the argument block */
  block: 8,
  /** the thread's items, 4 bytes each */
  begin: 16,
  end: 20,
  /** 1: wait at the barrier first */
  barrier: 24,
  bytes: 32,
} as const;

/** Offsets of the functions in the runner's code. */
export interface Runner {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** run(state, table): runs the program together with the pool's threads; returns when all are done */
  readonly run: number;
  /** runAlone(first, end): runs a list without barriers as thread 0 */
  readonly runAlone: number;
  /** post(state, table): gives a table to the threads without taking part; table 0 ends them */
  readonly post: number;
  /** start routine of a thread: thread(record) */
  readonly thread: number;
  /** turns(count): runs the polling loop of a waiting thread `count` times, for timing */
  readonly turns: number;
}

interface RunnerOptions {
  /** threads of the pool, including the calling one */
  readonly threads: number;
  readonly convention: CallingConvention;
  readonly waiting: Waiting;
}

/** Emits the code that runs programs: it walks through a table of kernel calls. One call per step starts it, and all threads share it.
 *  A waiting thread polls a word in a tight loop for a while, then announces itself and sleeps; the thread that changes the word wakes
 *  sleepers only if any are announced. Announcement and change are locked instructions, so that at least one side sees the other's.
 *  Every thread computes with PROGRAM_MXCSR; the calling thread's register is restored when a program returns.
 *  Source of the barrier: Mellor-Crummey & Scott, "Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors", 1991, 3.1. */
export function emitRunner(options: RunnerOptions): Runner {
  return new RunnerEmitter(options).emit();
}

class RunnerEmitter {
  readonly #a = new Assembler();
  readonly #threads: number;
  readonly #convention: CallingConvention;
  readonly #waiting: ReturnType<typeof waitingCode>;

  constructor({ threads, convention, waiting }: RunnerOptions) {
    this.#threads = threads;
    this.#convention = convention;
    this.#waiting = waitingCode(waiting);
  }

  emit(): Runner {
    const a = this.#a;
    const walk = a.label();
    const start = (emit: () => void): number => {
      a.code.align(64);
      const offset = a.code.length;
      emit();
      return offset;
    };
    start(() => this.#walk(walk));
    const run = start(() => this.#run(walk));
    const runAlone = start(() => this.#runAlone(walk));
    const post = start(() => this.#postOnly());
    const thread = start(() => this.#thread(walk));
    const turns = start(() => this.#turns());
    return { bytes: a.code.finish(), run, runAlone, post, thread, turns };
  }

  /** walk(state, first, end, thread): our own convention; preserves no registers. */
  #walk(walk: Label): void {
    const a = this.#a;
    const [state, cursor, end, thread] = [0, 8, 16, 24].map((offset) => memory(rsp, offset)) as [
      Memory,
      Memory,
      Memory,
      Memory,
    ];
    const [next, skip, last] = [a.label(), a.label(), a.label()];
    a.bind(walk);
    // 40 bytes and the return address: rsp stays a multiple of 16
    a.sub(rsp, 40);
    a.mov(state, rdi);
    a.mov(cursor, rsi);
    a.mov(end, rdx);
    a.mov(thread, rcx);
    a.bind(next);
    a.mov(rbx, cursor);
    a.cmp(rbx, end);
    a.jcc("ae", last);
    if (this.#threads > 1) {
      const straight = a.label();
      a.cmp32(memory(rbx, ENTRY.barrier), 0);
      a.jcc("e", straight);
      a.mov(r13, state);
      this.#barrier();
      a.bind(straight);
    }
    a.mov(rax, memory(rbx, ENTRY.kernel));
    a.test(rax, rax);
    a.jcc("e", skip);
    a.mov(rdi, memory(rbx, ENTRY.block));
    a.mov32(rsi, memory(rbx, ENTRY.begin));
    a.mov32(rdx, memory(rbx, ENTRY.end));
    a.mov(rcx, thread);
    a.call(rax);
    a.bind(skip);
    a.add(cursor, ENTRY.bytes);
    a.jmp(next);
    a.bind(last);
    a.add(rsp, 40);
    a.ret();
  }

  #run(walk: Label): void {
    const a = this.#a;
    const frame = enterFromSystem(a, this.#convention, 2, 2, "program");
    const [state, table] = [frame.local(0), frame.local(1)];
    a.mov(state, rdi);
    a.mov(table, rsi);
    if (this.#threads > 1) {
      a.mov(r13, rdi);
      a.mov32(memory(r13, STATE.done), 0);
      this.#post(rsi);
      a.mov(rsi, table);
      a.mov(rdi, state);
    }
    a.mov(rdx, memory(rsi, TABLE.end));
    a.mov(rsi, memory(rsi, TABLE.begin));
    a.mov32(rcx, 0);
    a.call(walk);
    if (this.#threads > 1) {
      a.mov(r13, state);
      this.#join();
    }
    frame.leave();
  }

  #runAlone(walk: Label): void {
    const a = this.#a;
    const frame = enterFromSystem(a, this.#convention, 2, 0, "program");
    a.mov(rdx, rsi);
    a.mov(rsi, rdi);
    a.mov32(rcx, 0);
    a.call(walk);
    frame.leave();
  }

  #postOnly(): void {
    const a = this.#a;
    const frame = enterFromSystem(a, this.#convention, 2, 0);
    a.mov(r13, rdi);
    this.#post(rsi);
    frame.leave();
  }

  #thread(walk: Label): void {
    const a = this.#a;
    const frame = enterFromSystem(a, this.#convention, 1, 3, "program");
    const [state, number, seen] = [frame.local(0), frame.local(1), frame.local(2)];
    const [next, end] = [a.label(), a.label()];
    a.mov(rax, memory(rdi, THREAD_RECORD.number));
    a.mov(number, rax);
    a.mov(r13, memory(rdi, THREAD_RECORD.state));
    a.mov(state, r13);
    // all threads that will be waited for count from 0, because no program is posted before they start
    a.mov32(r12, 0);
    a.bind(next);
    this.#waitForChange(STATE.generation, STATE.sleepers, STATE.programSpins);
    a.mov32(r12, memory(r13, STATE.generation));
    a.mov(seen, r12);
    a.mov(rax, memory(r13, STATE.table));
    a.test(rax, rax);
    a.jcc("e", end);
    a.mov(rcx, number);
    // a thread's two addresses are 16 bytes
    a.mov(rbx, rcx);
    a.shift("shl", rbx, Math.log2(TABLE.threadBytes));
    a.mov(rsi, memory(rax, TABLE.begin, rbx));
    a.mov(rdx, memory(rax, TABLE.end, rbx));
    a.mov(rdi, r13);
    a.call(walk);
    a.mov(r13, state);
    a.mov(r12, seen);
    this.#announceEnd();
    a.jmp(next);
    a.bind(end);
    a.mov32(rax, 0);
    frame.leave();
  }

  #turns(): void {
    const a = this.#a;
    const frame = enterFromSystem(a, this.#convention, 1, 1);
    const [next, end] = [a.label(), a.label()];
    a.mov(frame.local(0), 0);
    a.mov(rcx, rdi);
    a.bind(next);
    a.cmp32(frame.local(0), 1);
    a.jcc("e", end);
    a.pause();
    a.arithmetic32("sub", rcx, 1);
    a.jcc("ne", next);
    a.bind(end);
    frame.leave();
  }

  // Parts; the state is in r13 --------------------------------------------------------------------------------------

  /** Publishes a table and wakes sleeping threads. */
  #post(table: General): void {
    const a = this.#a;
    const awake = a.label();
    a.mov(memory(r13, STATE.table), table);
    a.lockAdd32(memory(r13, STATE.generation), 1);
    a.cmp32(memory(r13, STATE.sleepers), 0);
    a.jcc("e", awake);
    this.#waiting.wake(a, memory(r13, STATE.generation));
    a.bind(awake);
  }

  /** Waits until the word differs from r12. */
  #waitForChange(word: number, sleepers: number, spins: number): void {
    const a = this.#a;
    const [look, sleep, awake, changed] = [a.label(), a.label(), a.label(), a.label()];
    a.mov32(rcx, memory(r13, spins));
    a.bind(look);
    a.cmp32(memory(r13, word), r12);
    a.jcc("ne", changed);
    a.pause();
    a.arithmetic32("sub", rcx, 1);
    a.jcc("ne", look);
    a.lockAdd32(memory(r13, sleepers), 1);
    a.bind(sleep);
    a.cmp32(memory(r13, word), r12);
    a.jcc("ne", awake);
    this.#waiting.wait(a, memory(r13, word), r12);
    a.jmp(sleep);
    a.bind(awake);
    a.lockAdd32(memory(r13, sleepers), -1);
    a.bind(changed);
  }

  /** All threads meet: the last to arrive sets the count to 0 and raises the generation; the others wait for it to change. Preserves rbx. */
  #barrier(): void {
    const a = this.#a;
    const [wait, met] = [a.label(), a.label()];
    a.mov32(r12, memory(r13, STATE.barrierGeneration));
    a.mov32(rax, 1);
    a.lockXadd32(memory(r13, STATE.arrived), rax);
    a.cmp32(rax, this.#threads - 1);
    a.jcc("ne", wait);
    a.mov32(memory(r13, STATE.arrived), 0);
    a.lockAdd32(memory(r13, STATE.barrierGeneration), 1);
    a.cmp32(memory(r13, STATE.barrierSleepers), 0);
    a.jcc("e", met);
    this.#waiting.wake(a, memory(r13, STATE.barrierGeneration));
    a.jmp(met);
    a.bind(wait);
    this.#waitForChange(STATE.barrierGeneration, STATE.barrierSleepers, STATE.barrierSpins);
    a.bind(met);
  }

  #announceEnd(): void {
    const a = this.#a;
    const awake = a.label();
    a.lockAdd32(memory(r13, STATE.done), 1);
    a.cmp32(memory(r13, STATE.joinSleeps), 0);
    a.jcc("e", awake);
    this.#waiting.wake(a, memory(r13, STATE.done));
    a.bind(awake);
  }

  /** Waits until all other threads have announced their end. */
  #join(): void {
    const a = this.#a;
    const others = this.#threads - 1;
    const [look, sleep, awake, joined] = [a.label(), a.label(), a.label(), a.label()];
    a.mov32(rcx, memory(r13, STATE.joinSpins));
    a.bind(look);
    a.cmp32(memory(r13, STATE.done), others);
    a.jcc("e", joined);
    a.pause();
    a.arithmetic32("sub", rcx, 1);
    a.jcc("ne", look);
    a.lockAdd32(memory(r13, STATE.joinSleeps), 1);
    a.bind(sleep);
    a.mov32(r12, memory(r13, STATE.done));
    a.cmp32(r12, others);
    a.jcc("e", awake);
    this.#waiting.wait(a, memory(r13, STATE.done), r12);
    a.jmp(sleep);
    a.bind(awake);
    a.lockAdd32(memory(r13, STATE.joinSleeps), -1);
    a.bind(joined);
  }
}
