import type { WasmFunction, WasmMemory, WasmModule } from "../../codegen/wasm/webassembly.ts";
import { GradusError } from "../../core/errors.ts";
import { COMMAND, CONTROL_BYTES, WORD, WORKER_SOURCE } from "./pool-worker.ts";
import { startThread, type WorkerThread } from "./worker-threads.ts";

/** Turns of spinning before the caller sleeps. */
const JOIN_SPINS = 20_000;

/** Threads that run programs together with the calling thread, woken by atomics. */
export class WorkerPool {
  readonly threads: number;
  /** Resolves when all threads have started. In Node they start by themselves, and nobody has to wait. In a page they start only while the
   *  caller's event loop runs, so the pool must not be used before. Rejects if one does not start. */
  readonly ready: Promise<void>;
  readonly #words: Int32Array;
  readonly #workers: WorkerThread[] = [];
  #generation = 0;
  /** A thread has ended by itself. Seen between runs: during a run this thread hears nothing. */
  #hasLost = false;
  #isDisposed = false;

  /** @param threads including the calling one, which is thread 0. */
  constructor(threads: number, memory: WasmMemory) {
    this.threads = threads;
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    this.#words = new Int32Array(control);
    for (let thread = 1; thread < threads; thread++) {
      const worker = startThread(WORKER_SOURCE, `gradus-${thread}`);
      worker.onLoss = () => {
        this.#hasLost = !this.#isDisposed;
      };
      worker.post({ control, memory, thread });
      this.#workers.push(worker);
    }
    this.ready = Promise.all(this.#workers.map((worker) => worker.ready)).then(() => {});
    this.ready.catch(() => {});
  }

  /** Gives every worker a program under a number. */
  load(program: number, module: WasmModule): void {
    this.#requireAll();
    for (const worker of this.#workers) worker.post({ program, module });
    this.#command(COMMAND.load, program);
    this.#join();
  }

  unload(program: number): void {
    this.#command(COMMAND.unload, program);
    this.#join();
  }

  /** Runs a program on all threads; `own` is the calling thread's copy. */
  run(program: number, own: WasmFunction): void {
    this.#command(COMMAND.run, program);
    own(0);
    this.#join();
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#hasLost) this.terminate();
    else {
      this.#command(COMMAND.stop, 0);
      this.#join();
    }
  }

  /** Ends the threads at once, whatever they do. */
  terminate(): void {
    this.#isDisposed = true;
    for (const worker of this.#workers) worker.terminate();
  }

  #requireAll(): void {
    if (!this.#hasLost) return;
    throw new GradusError(
      "backend-unavailable",
      "wasm: a worker thread has ended, and others would wait for it. Dispose the backend and open another one.",
    );
  }

  #command(command: number, program: number): void {
    this.#requireAll();
    const words = this.#words;
    Atomics.store(words, WORD.done, 0);
    Atomics.store(words, WORD.command, command);
    Atomics.store(words, WORD.program, program);
    this.#generation = (this.#generation + 1) | 0;
    Atomics.store(words, WORD.generation, this.#generation);
    Atomics.notify(words, WORD.generation);
  }

  #join(): void {
    const words = this.#words;
    const others = this.#workers.length;
    let turns = 0;
    for (let done = Atomics.load(words, WORD.done); done < others; done = Atomics.load(words, WORD.done)) {
      if (++turns > JOIN_SPINS) Atomics.wait(words, WORD.done, done);
    }
    if (Atomics.load(words, WORD.failed) !== 0) {
      throw new GradusError(
        "backend-unavailable",
        "wasm: a worker thread failed; its error stands above. Use threads: 1 and report it.",
      );
    }
  }
}
