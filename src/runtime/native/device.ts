import type { KernelCall, Target, VectorProgram } from "../../codegen/program.ts";
import { type CpuFeatures, widestIsa } from "../../codegen/x64/features.ts";
import { emitX64Module } from "../../codegen/x64/module.ts";
import { NATIVE_TARGETS, type NativeIsa } from "../../codegen/x64/target.ts";
import { GradusError } from "../../core/errors.ts";
import type { LoadedProgram, VectorDevice } from "../vector-device.ts";
import { type DetectedProcessor, detectProcessor } from "./detect.ts";
import { type Ffi, loadFfi, nodeHost } from "./ffi.ts";
import { NativeHeap } from "./heap.ts";
import { MachineCode } from "./machine-code.ts";
import { createPlatform, type Platform } from "./platform/index.ts";
import { selfTest } from "./self-test.ts";
import { ProgramTable } from "./table.ts";
import { ThreadChoice } from "./thread-choice.ts";
import { NativeThreadPool } from "./thread-pool.ts";

export interface NativeDeviceOptions {
  readonly threads: number;
  /** Default: the widest that the processor has. "none": behave as on a processor without any of them. */
  readonly isa?: NativeIsa | "none" | undefined;
}

/** The foreign functions, the system and the processor: the same for all devices of a process. */
interface Machine extends DetectedProcessor {
  readonly ffi: Ffi;
  readonly platform: Platform;
  readonly cores: number;
}

let machine: Machine | undefined;

function openMachine(): Machine {
  if (machine) return machine;
  const ffi = loadFfi();
  const host = nodeHost();
  const platform = createPlatform(ffi, host?.platform ?? "unknown");
  const os = host?.getBuiltinModule?.("node:os") as { availableParallelism(): number };
  machine = {
    ffi,
    platform,
    ...detectProcessor(ffi, platform),
    cores: os.availableParallelism(),
  };
  return machine;
}

function chooseIsa(features: CpuFeatures, wanted: NativeIsa | "none" | undefined): NativeIsa {
  const widest = wanted === "none" ? undefined : widestIsa(features);
  if (widest === undefined) {
    const reason = "native: this processor has no AVX2 with fused multiply-add";
    throw new GradusError("backend-unavailable", reason, { features, wanted });
  }
  const chosen = wanted === undefined || wanted === "none" ? widest : wanted;
  if (features[chosen]) return chosen;
  throw new GradusError("backend-unavailable", `native: ${chosen} was requested; this processor has ${widest}`, {
    features,
    wanted,
  });
}

/** Memory, threads and machine code of one backend.
 *  The processor is queried for its features, and a self-test runs on all threads before anything else does. */
export class NativeDevice implements VectorDevice {
  readonly name = "native";
  readonly heap: NativeHeap;
  readonly target: Target;
  readonly features: CpuFeatures;
  readonly #machine: Machine;
  readonly #pool: NativeThreadPool;
  #isDisposed = false;

  /** @throws GradusError `backend-unavailable` with the reason if machine code cannot run or gives wrong results. */
  constructor({ threads, isa }: NativeDeviceOptions) {
    this.#machine = openMachine();
    const { ffi, platform, features, secondLevelBytes, cores } = this.#machine;
    this.features = features;
    this.target = {
      ...NATIVE_TARGETS[chooseIsa(features, isa)],
      ...(secondLevelBytes === undefined ? {} : { secondLevelBytes }),
    };
    this.heap = new NativeHeap(ffi, platform);
    this.#pool = new NativeThreadPool(ffi, platform, this.heap, threads, cores);
    try {
      selfTest({
        target: this.target,
        heap: this.heap,
        load: (functions, calls) => this.load({ lanes: this.target.lanes, functions, calls }),
      });
    } catch (cause) {
      this.dispose();
      if (cause instanceof GradusError && cause.code === "backend-unavailable") throw cause;
      const reason = (cause as Error).message;
      throw new GradusError("backend-unavailable", `native: the self-test failed: ${reason}`, {}, { cause });
    }
  }

  get threads(): number {
    return this.#pool.threads;
  }

  /** Emits machine code for a program and makes its calls ready for all threads. The program must have been verified. */
  load({ functions, calls }: VectorProgram): LoadedProgram {
    this.#requireOpen();
    const { ffi, platform } = this.#machine;
    const { bytes, entries } = emitX64Module(functions, this.target);
    const code = new MachineCode(ffi, platform, bytes);
    const kernels = entries.map((entry) => code.address + entry);
    let table: ProgramTable;
    try {
      table = new ProgramTable(this.heap, calls, kernels, this.threads);
    } catch (error) {
      code.free();
      throw error;
    }
    const onAll = (): void => this.#pool.run(table);
    const choice = new ThreadChoice(onAll, () => this.#pool.runWhole(table));
    const run = this.threads === 1 || table.lone ? onAll : (): void => choice.run();
    let isLoaded = true;
    const requireLoaded = (): void => {
      this.#requireOpen();
      if (!isLoaded) throw new GradusError("disposed", "this program was disposed; compile it again.");
    };
    return {
      run: () => {
        requireLoaded();
        run();
      },
      runSingle: (call) => {
        requireLoaded();
        this.#pool.runSingle(table, call, (calls[call] as KernelCall).items);
      },
      // emitted again, with its text
      listing: () => emitX64Module(functions, this.target).listing(),
      unload: () => {
        if (!isLoaded) return;
        isLoaded = false;
        table.free();
        code.free();
      },
    };
  }

  /** Ends the threads. Arrays stay readable. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#pool.dispose();
    this.heap.dispose();
  }

  #requireOpen(): void {
    if (this.#isDisposed) throw new GradusError("disposed", "this backend was disposed; open another one.");
  }
}
