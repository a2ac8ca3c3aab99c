import type { KernelCall, Target, VectorProgram } from "../../codegen/program.ts";
import { BARRIER_BYTES } from "../../codegen/wasm/barrier.ts";
import { compileWasmModule } from "../../codegen/wasm/compile.ts";
import { detectWasmFeatures, type WasmFeatures, wasmTarget } from "../../codegen/wasm/features.ts";
import { emitWasmModule } from "../../codegen/wasm/module.ts";
import { type WasmFunction, webAssembly } from "../../codegen/wasm/webassembly.ts";
import { GradusError } from "../../core/errors.ts";
import type { LoadedProgram, VectorDevice } from "../vector-device.ts";
import { WasmHeap } from "./heap.ts";
import { WorkerPool } from "./worker-pool.ts";
import { whyOneThread } from "./worker-threads.ts";

/** The barrier lies at the start of the memory, after a line that stays zero. */
const BARRIER_ADDRESS = 64;
const RESERVED_BYTES = 64 + BARRIER_BYTES + 64;

export interface WasmDeviceOptions {
  readonly threads: number;
  /** false: one lane, no SIMD instruction, as on an engine that lacks them. Default: as the engine allows. */
  readonly simd?: boolean | undefined;
  /** false: multiply, then add, two roundings. Default: as the engine allows. */
  readonly relaxed?: boolean | undefined;
}

/** A WebAssembly memory with the threads that work on it. */
export class WasmDevice implements VectorDevice {
  readonly name = "wasm";
  readonly heap: WasmHeap;
  readonly target: Target;
  /** what programs may use: present in the engine and not refused by the options */
  readonly features: WasmFeatures;
  readonly threads: number;
  /** Why there is one thread where several were asked for. */
  readonly whyOneThread: string | undefined;
  readonly #pool: WorkerPool | undefined;
  #nextProgram = 1;
  #isDisposed = false;

  constructor({ threads, simd = true, relaxed = true }: WasmDeviceOptions) {
    const found = detectWasmFeatures();
    this.features = { simd: found.simd && simd, relaxed: found.relaxed && simd && relaxed, threads: found.threads };
    this.target = wasmTarget(this.features);
    const noMemory = found.threads ? undefined : "the engine has no shared memory";
    this.whyOneThread = threads === 1 ? undefined : (whyOneThread() ?? noMemory);
    this.threads = this.whyOneThread === undefined ? threads : 1;
    const isShared = this.threads > 1;
    this.heap = new WasmHeap(isShared, RESERVED_BYTES);
    this.#pool = isShared ? new WorkerPool(this.threads, this.heap.memory) : undefined;
  }

  /** Resolves when the threads have started: see `WorkerPool.ready`. Rejects with the device disposed if one does not. */
  async ready(): Promise<void> {
    try {
      await this.#pool?.ready;
    } catch (error) {
      this.#isDisposed = true;
      this.#pool?.terminate();
      throw error;
    }
  }

  /** Emits a module for a program and makes it ready on every thread. The program must have been verified. */
  load(program: VectorProgram): LoadedProgram {
    this.#requireOpen();
    const { Instance } = webAssembly as NonNullable<typeof webAssembly>;
    const module = compileWasmModule(this.#emit(program));
    const { exports } = new Instance(module, { env: { memory: this.heap.memory } });
    const own = exports.run as WasmFunction;
    const { calls } = program;
    const runSingle = (call: number): void => {
      this.#requireOpen();
      const { function: index, addresses, items } = calls[call] as KernelCall;
      (exports[`kernel${index}`] as WasmFunction)(...addresses, 0, items, 0);
    };
    const pool = this.#pool;
    if (!pool) {
      const run = (): void => {
        this.#requireOpen();
        own(0);
      };
      return { run, runSingle, unload: () => {} };
    }
    const number = this.#nextProgram++;
    pool.load(number, module);
    return {
      run: () => {
        this.#requireOpen();
        pool.run(number, own);
      },
      runSingle,
      unload: () => {
        if (!this.#isDisposed) pool.unload(number);
      },
    };
  }

  /** Ends the threads. Arrays stay readable. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#pool?.dispose();
  }

  #emit(program: VectorProgram): Uint8Array {
    return emitWasmModule(program, {
      threads: this.threads,
      barrierAddress: BARRIER_ADDRESS,
      memoryPages: this.heap.pages,
      relaxed: this.features.relaxed,
      simd: this.features.simd,
      shared: this.threads > 1,
    });
  }

  #requireOpen(): void {
    if (this.#isDisposed) throw new GradusError("disposed", "this backend was disposed; open another one.");
  }
}
