import type { WasmFunction, WasmMemory, WasmModule } from "../../codegen/wasm/webassembly.ts";
import { GradusError } from "../../core/errors.ts";
import { nodeModule } from "../../core/host.ts";

/** Words of the control block, each on a separate cache line. */
const WORD = { generation: 0, command: 16, program: 32, done: 48, failed: 64 } as const;
const CONTROL_BYTES = 320;
const COMMAND = { load: 1, run: 2, unload: 3, stop: 4 } as const;

/** Spins before sleeping, some nanoseconds each. A sleeper takes 50 to 100 microseconds to wake, so a worker spins about as long as a
 *  training loop takes to prepare the next batch; an idle engine still uses no processor. */
const WORKER_SPINS = 100_000;
const JOIN_SPINS = 20_000;

/** A worker waits for the generation to change, runs one command, and reports that it is done. No message passes while programs run. */
const WORKER_SOURCE = `
const { workerData, receiveMessageOnPort } = require("node:worker_threads");
const { control, memory, port, thread } = workerData;
const words = new Int32Array(control);
const programs = new Map();
let seen = 0;
for (let running = true; running; ) {
  let turns = 0;
  while (Atomics.load(words, ${WORD.generation}) === seen) if (++turns > ${WORKER_SPINS}) Atomics.wait(words, ${WORD.generation}, seen);
  seen = Atomics.load(words, ${WORD.generation});
  const command = Atomics.load(words, ${WORD.command});
  const program = Atomics.load(words, ${WORD.program});
  try {
    if (command === ${COMMAND.run}) programs.get(program)(thread);
    else if (command === ${COMMAND.load}) {
      const { module } = receiveMessageOnPort(port).message;
      programs.set(program, new WebAssembly.Instance(module, { env: { memory } }).exports.run);
    } else if (command === ${COMMAND.unload}) programs.delete(program);
    else running = false;
  } catch (error) {
    Atomics.store(words, ${WORD.failed}, 1);
    console.error(error);
  }
  Atomics.add(words, ${WORD.done}, 1);
  Atomics.notify(words, ${WORD.done});
}
port.close();
`;

interface MessageSender {
  postMessage(message: unknown): void;
  close(): void;
}

interface WorkerThreads {
  readonly Worker: new (
    source: string,
    options: object,
  ) => {
    unref(): void;
    on(event: "exit", listener: () => void): void;
    terminate(): Promise<number>;
  };
  readonly MessageChannel: new () => { readonly port1: MessageSender; readonly port2: unknown };
}

function workerThreads(): WorkerThreads | undefined {
  return nodeModule<WorkerThreads>("node:worker_threads");
}

/** Can this host run worker threads that are woken without messages? Node can; a browser's workers get their modules in messages. */
export function hasWorkerThreads(): boolean {
  return workerThreads() !== undefined;
}

/** Threads that run programs together with the calling thread, woken by atomics. */
export class WorkerPool {
  readonly threads: number;
  readonly #words: Int32Array;
  readonly #ports: MessageSender[] = [];
  readonly #workers: { terminate(): Promise<number> }[] = [];
  #generation = 0;
  /** A thread has ended by itself. Noticed between runs, because this thread receives no events during one. */
  #hasLost = false;
  #isDisposed = false;

  /** @param threads including the calling one, which is thread 0. */
  constructor(threads: number, memory: WasmMemory) {
    this.threads = threads;
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    this.#words = new Int32Array(control);
    const host = workerThreads();
    for (let thread = 1; thread < threads && host; thread++) {
      const { port1, port2 } = new host.MessageChannel();
      const worker = new host.Worker(WORKER_SOURCE, {
        eval: true,
        name: `gradus-${thread}`,
        workerData: { control, memory, port: port2, thread },
        transferList: [port2],
        execArgv: [],
      });
      worker.unref();
      worker.on("exit", () => {
        this.#hasLost = !this.#isDisposed;
      });
      (port1 as unknown as { unref?: () => void }).unref?.();
      this.#workers.push(worker);
      this.#ports.push(port1);
    }
  }

  /** Gives a program to every worker, under a number. */
  load(program: number, module: WasmModule): void {
    for (const port of this.#ports) port.postMessage({ module });
    this.#command(COMMAND.load, program);
    this.#join();
  }

  unload(program: number): void {
    this.#command(COMMAND.unload, program);
    this.#join();
  }

  /** Runs a program on all threads; `own` is the calling thread's instance. */
  run(program: number, own: WasmFunction): void {
    this.#command(COMMAND.run, program);
    own(0);
    this.#join();
  }

  dispose(): void {
    this.#isDisposed = true;
    if (this.#hasLost) for (const worker of this.#workers) void worker.terminate();
    else {
      this.#command(COMMAND.stop, 0);
      this.#join();
    }
    for (const port of this.#ports) port.close();
  }

  #command(command: number, program: number): void {
    if (this.#hasLost) {
      throw new GradusError(
        "backend-unavailable",
        "wasm: a worker thread has ended, and others would wait for it. Dispose the backend and open another one.",
      );
    }
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
