import { BARRIER_BYTES } from "../../codegen/wasm/barrier.ts";
import { compileWasmModule } from "../../codegen/wasm/compile.ts";
import { type WasmFunction, webAssembly } from "../../codegen/wasm/webassembly.ts";
import { GradusError } from "../../core/errors.ts";
import { WasmHeap } from "./heap.ts";
import { hasWorkerThreads, WorkerPool } from "./worker-pool.ts";

/** The barrier lies at the start of the memory, after a line that stays zero. */
export const BARRIER_ADDRESS = 64;
const RESERVED_BYTES = 64 + BARRIER_BYTES + 64;

/** A program on a device. */
export interface LoadedProgram {
  run(): void;
  /** the calling thread's copy of kernel `index`, for profiles */
  kernel(index: number): WasmFunction;
  unload(): void;
}

/** A WebAssembly memory with the threads that work on it. */
export class WasmDevice {
  readonly heap: WasmHeap;
  readonly threads: number;
  readonly #pool: WorkerPool | undefined;
  #nextProgram = 1;
  #isDisposed = false;

  constructor(threads: number) {
    this.threads = threads > 1 && hasWorkerThreads() ? threads : 1;
    this.heap = new WasmHeap(this.isShared, RESERVED_BYTES);
    this.#pool = this.isShared ? new WorkerPool(this.threads, this.heap.memory) : undefined;
  }

  get isShared(): boolean {
    return this.threads > 1;
  }

  /** Makes a module ready on every thread. */
  load(bytes: Uint8Array): LoadedProgram {
    this.#requireOpen();
    const { Instance } = webAssembly as NonNullable<typeof webAssembly>;
    const module = compileWasmModule(bytes);
    const { exports } = new Instance(module, { env: { memory: this.heap.memory } });
    const own = exports.run as WasmFunction;
    const kernel = (index: number) => exports[`kernel${index}`] as WasmFunction;
    const pool = this.#pool;
    if (!pool) {
      const run = (): void => {
        this.#requireOpen();
        own(0);
      };
      return { run, kernel, unload: () => {} };
    }
    const program = this.#nextProgram++;
    pool.load(program, module);
    return {
      run: () => {
        this.#requireOpen();
        pool.run(program, own);
      },
      kernel,
      unload: () => {
        if (!this.#isDisposed) pool.unload(program);
      },
    };
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.heap.memory.buffer, address, length);
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.heap.memory.buffer, address, length);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#pool?.dispose();
  }

  #requireOpen(): void {
    if (this.#isDisposed) throw new GradusError("disposed", "this backend was disposed; open another one.");
  }
}
