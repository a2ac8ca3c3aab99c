import { type ByteWriter, EMPTY_BLOCK, opcode, valueType } from "./encoder.ts";

/** Bytes of shared memory that a barrier needs: the count on one cache line, generation and sleepers on the next. */
export const BARRIER_BYTES = 128;
const GENERATION = 64;
const SLEEPERS = 68;

/** Polls of the generation before sleeping. A poll takes about a nanosecond, waking a sleeper tens of microseconds: threads that are
 *  slightly out of step meet while spinning, and a thread whose partner lost its core gives up its own. */
const SPINS = 20_000;

/** A central barrier of `threads` threads at a fixed, 64-byte aligned address of zeroed shared memory:
 *    the last to arrive sets the count to 0 and raises the generation; the others wait for the generation to change.
 *  Sleepers announce themselves before they sleep, so that the last thread calls the engine only if a thread sleeps: either it sees the
 *  announcement, or the sleeper's wait sees the new generation (both are sequentially consistent).
 *  Appends the body of a function without parameters or results.
 *  Source: Mellor-Crummey & Scott, "Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors", 1991, section 3.1. */
export function emitBarrier(address: number, threads: number, target: ByteWriter): void {
  const seen = 0;
  const spins = 1;
  target.sized((body) => {
    body.vector([2], (count) => body.unsigned(count).byte(valueType.i32));
    const op = (code: readonly number[], ...immediates: readonly number[]): void => {
      body.append(code);
      for (const immediate of immediates) body.unsigned(immediate);
    };
    const i32 = (value: number): void => {
      body.append(opcode.i32Const).signed(value);
    };
    const atomic = (code: readonly number[], offset: number): void => op(code, 2, offset);
    const generationChanged = (): void => {
      i32(address);
      atomic(opcode.i32AtomicLoad, GENERATION);
      op(opcode.localGet, seen);
      op(opcode.i32Ne);
    };

    i32(address);
    atomic(opcode.i32AtomicLoad, GENERATION);
    op(opcode.localSet, seen);

    // the last to arrive: count <- 0, generation <- seen + 1, wake the sleepers
    i32(address);
    i32(1);
    atomic(opcode.i32AtomicAdd, 0);
    i32(threads - 1);
    op(opcode.i32Eq);
    op(opcode.if, EMPTY_BLOCK);
    i32(address);
    i32(0);
    atomic(opcode.i32AtomicStore, 0);
    i32(address);
    op(opcode.localGet, seen);
    i32(1);
    op(opcode.i32Add);
    atomic(opcode.i32AtomicStore, GENERATION);
    i32(address);
    atomic(opcode.i32AtomicLoad, SLEEPERS);
    op(opcode.if, EMPTY_BLOCK);
    i32(address);
    i32(-1);
    atomic(opcode.atomicNotify, GENERATION);
    op(opcode.drop);
    op(opcode.end);
    op(opcode.return);
    op(opcode.end);

    // the others: spin
    i32(SPINS);
    op(opcode.localSet, spins);
    op(opcode.loop, EMPTY_BLOCK);
    generationChanged();
    op(opcode.if, EMPTY_BLOCK);
    op(opcode.return);
    op(opcode.end);
    op(opcode.localGet, spins);
    i32(1);
    op(opcode.i32Sub);
    op(opcode.localTee, spins);
    op(opcode.brIf, 0);
    op(opcode.end);

    // then sleep until the generation changes
    i32(address);
    i32(1);
    atomic(opcode.i32AtomicAdd, SLEEPERS);
    op(opcode.drop);
    op(opcode.loop, EMPTY_BLOCK);
    i32(address);
    op(opcode.localGet, seen);
    body.append(opcode.i64Const).signed(-1);
    atomic(opcode.atomicWait32, GENERATION);
    op(opcode.drop);
    generationChanged();
    op(opcode.i32Eqz);
    op(opcode.brIf, 0);
    op(opcode.end);
    i32(address);
    i32(-1);
    atomic(opcode.i32AtomicAdd, SLEEPERS);
    op(opcode.drop);
    op(opcode.end);
  });
}
