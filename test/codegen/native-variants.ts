import type { VectorFunction } from "../../src/codegen/program.ts";
import { emitX64Module } from "../../src/codegen/x64/module.ts";
import { NATIVE_TARGETS, type NativeIsa } from "../../src/codegen/x64/target.ts";
import { GradusError } from "../../src/core/errors.ts";
import { detectProcessor } from "../../src/runtime/native/detect.ts";
import { type Ffi, loadFfi } from "../../src/runtime/native/ffi.ts";
import { MachineCode } from "../../src/runtime/native/machine-code.ts";
import { createPlatform, type Platform } from "../../src/runtime/native/platform/index.ts";
import type { Loaded, Variant } from "./harness.ts";
import { emitKernelCall } from "./native-call.ts";

type Arithmetic = "caller" | "program";

/** Parameters of a kernel after its addresses. */
const RANGE_PARAMETERS = 3;

class Machine {
  readonly #ffi: Ffi;
  readonly #platform: Platform;

  constructor() {
    this.#ffi = loadFfi();
    this.#platform = createPlatform(this.#ffi, process.platform);
  }

  get instructionSets(): readonly NativeIsa[] {
    const { features } = detectProcessor(this.#ffi, this.#platform);
    return (["avx2", "avx512"] as const).filter((isa) => features[isa]);
  }

  /** Memory is released when the test process ends: some hundred small programs. */
  load(isa: NativeIsa, functions: readonly VectorFunction[], pages: number, arithmetic: Arithmetic): Loaded {
    const { bytes, entries } = emitX64Module(functions, NATIVE_TARGETS[isa]);
    const size = pages * 65536;
    const base = this.#platform.allocate(size + 4096);
    const argumentBlock = base + size;
    const code = new MachineCode(this.#ffi, this.#platform, bytes);
    const bridge = new MachineCode(this.#ffi, this.#platform, emitKernelCall(this.#platform.convention, arithmetic));
    const call = bridge.callable(0, 4);
    return {
      buffer: this.#ffi.view(base, size),
      base,
      run: (...parameters) => {
        const addresses = parameters.slice(0, -RANGE_PARAMETERS);
        new BigInt64Array(this.#ffi.view(argumentBlock, 4096)).set(addresses.map(BigInt));
        call(code.address + (entries[0] as number), argumentBlock, ...parameters.slice(-RANGE_PARAMETERS, -1));
      },
    };
  }
}

/** Machine code, in the forms that this machine runs; empty, with a printed reason, if it cannot run.
 *  @param arithmetic "caller": without flushing subnormal numbers, to compare bits; "program": as in programs. */
export function nativeVariants(arithmetic: Arithmetic): readonly Variant[] {
  try {
    const machine = new Machine();
    return machine.instructionSets.map((isa) => ({
      name: `native ${isa}`,
      target: NATIVE_TARGETS[isa],
      fused: true,
      load: (functions, pages) => machine.load(isa, functions, pages, arithmetic),
    }));
  } catch (error) {
    if (!(error instanceof GradusError) || error.code !== "backend-unavailable") throw error;
    console.log(`machine code is not tested: ${error.message}`);
    return [];
  }
}
