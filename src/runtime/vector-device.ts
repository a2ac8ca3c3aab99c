import type { Target, VectorProgram } from "../codegen/program.ts";
import type { BackendName } from "./backend.ts";

/** A device's memory. Addresses and sizes are in bytes. */
export interface VectorHeap {
  /** The address of `bytes` zeroed bytes, a multiple of 64. 64 bytes more may be read.
   *  @throws GradusError `out-of-memory` if the memory does not suffice. */
  allocate(bytes: number): number;
  /** Gives memory back; its views must not be used any more.
   *  @param bytes as it was allocated. */
  free(address: number, bytes: number): void;
  /** Elements where they lie. A memory that grows may move and detach its views, which then have the length 0. */
  floats(address: number, length: number): Float32Array;
  ints(address: number, length: number): Int32Array;
}

/** A program that is ready to run on a device. */
export interface LoadedProgram {
  /** All calls on all threads; returns when they are done. */
  run(): void;
  /** One call with all its items on the calling thread, for profiles. */
  runSingle(call: number): void;
  unload(): void;
  /** Instructions as text, if the device writes them itself. */
  listing?(): string;
}

/** Memory and threads that run vector programs. */
export interface VectorDevice {
  readonly name: BackendName;
  readonly target: Target;
  readonly threads: number;
  readonly heap: VectorHeap;
  /** Emits code for a program and makes it ready on every thread. The program must have been verified: a device checks nothing. */
  load(program: VectorProgram): LoadedProgram;
  /** Ends the threads. Arrays stay readable. */
  dispose(): void;
}
