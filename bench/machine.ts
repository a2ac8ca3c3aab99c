import { FunctionBuilder } from "../src/codegen/builder.ts";
import type { VectorFunction } from "../src/codegen/program.ts";
import { detectWasmFeatures, wasmTarget } from "../src/codegen/wasm/features.ts";
import { emitWasmModule } from "../src/codegen/wasm/module.ts";
import { BARRIER_ADDRESS, type LoadedProgram, WasmDevice } from "../src/runtime/wasm/device.ts";
import { best } from "./timing.ts";

const TURNS = 2_000_000;
const SUMS = 12;
const COPY_BYTES = 64 * 2 ** 20;

/** Limits of the wasm backend on this machine, measured: what its figures are held against. */
export interface MachineLimits {
  /** multiply-adds in registers, two operations each, on all threads together */
  readonly peakGflops: number;
  /** bytes read and written by a copy far larger than the caches, on all threads together, in 10^9 a second */
  readonly copyGbPerS: number;
  readonly threads: number;
}

function multiplyAddKernel(): VectorFunction {
  const b = new FunctionBuilder("peak", wasmTarget(detectWasmFeatures()));
  const base = b.parameter();
  const [begin, end, thread] = b.range();
  const own = b.indexAdd(base, b.indexMul(thread, 1024));
  const [x, y] = [b.load(own, 0), b.load(own, 16)];
  const sums = Array.from({ length: SUMS }, () => b.variable(0));
  b.loop(begin, end, 1, () => {
    for (const sum of sums) b.multiplyAddInto(sum, x, y);
  });
  sums.forEach((sum, index) => b.store(sum, own, 64 + 16 * index));
  return b.finish();
}

function copyKernel(): VectorFunction {
  const b = new FunctionBuilder("copy", wasmTarget(detectWasmFeatures()));
  const [from, to] = [b.parameter(), b.parameter()];
  const [begin, end] = b.range();
  b.loop(begin, end, 1, (line) => {
    const offset = b.indexShiftLeft(line, 6);
    const [source, target] = [b.indexAdd(from, offset), b.indexAdd(to, offset)];
    const vectors = [0, 16, 32, 48].map((at) => b.load(source, at));
    vectors.forEach((vector, index) => b.store(vector, target, index * 16));
  });
  return b.finish();
}

/** The two limits as things to run again and again, so that they can be measured in turn with what is held against them. */
export class MachineProbe {
  readonly threads: number;
  readonly #device: WasmDevice;
  readonly #peak: LoadedProgram;
  readonly #copy: LoadedProgram;

  constructor(threads: number) {
    this.#device = new WasmDevice(threads);
    this.threads = this.#device.threads;
    const memory = this.#device.heap.allocate(2 * COPY_BYTES + 1024 * this.threads);
    this.#device.floats(memory, COPY_BYTES / 2).fill(0.5);
    this.#peak = this.#load(multiplyAddKernel(), [memory], TURNS * this.threads);
    this.#copy = this.#load(copyKernel(), [memory, memory + COPY_BYTES], COPY_BYTES / 64);
  }

  /** One measurement of the multiply-add peak, GFLOP/s. */
  peakGflops(): number {
    const { lanes } = wasmTarget(detectWasmFeatures());
    return (2 * lanes * SUMS * TURNS * this.threads) / best(() => this.#peak.run(), 3) / 1e6;
  }

  measure(): MachineLimits {
    const peaks = Array.from({ length: 7 }, () => this.peakGflops());
    const copy = best(() => this.#copy.run(), 30);
    return { peakGflops: Math.max(...peaks), copyGbPerS: (2 * COPY_BYTES) / copy / 1e6, threads: this.threads };
  }

  dispose(): void {
    this.#device.dispose();
  }

  #load(code: VectorFunction, addresses: readonly number[], items: number): LoadedProgram {
    const features = detectWasmFeatures();
    const { lanes } = wasmTarget(features);
    const device = this.#device;
    const call = { function: 0, addresses, items, grain: 1, barrierBefore: false, label: code.name };
    return device.load(
      emitWasmModule(
        { lanes, functions: [code], calls: [call] },
        {
          threads: device.threads,
          barrierAddress: BARRIER_ADDRESS,
          memoryPages: device.heap.pages,
          relaxed: features.relaxed,
          simd: features.simd,
          shared: device.isShared,
        },
      ),
    );
  }
}
