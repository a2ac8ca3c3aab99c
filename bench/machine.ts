import { FunctionBuilder } from "../src/codegen/builder.ts";
import type { KernelCall, Target, VectorFunction } from "../src/codegen/program.ts";
import { detectWasmFeatures, wasmTarget } from "../src/codegen/wasm/features.ts";
import { emitWasmModule } from "../src/codegen/wasm/module.ts";
import { emitX64Module } from "../src/codegen/x64/module.ts";
import { NativeDevice } from "../src/runtime/native/device.ts";
import { BARRIER_ADDRESS, WasmDevice } from "../src/runtime/wasm/device.ts";
import { best } from "./timing.ts";

const OPERATIONS = 200_000_000;
const COPY_BYTES = 64 * 2 ** 20;
const REST_MS = 3;

/** Measured limits of a backend on this machine, with which its figures are compared. */
export interface MachineLimits {
  /** multiply-adds in registers, two operations each, on all threads together */
  readonly peakGflops: number;
  /** bytes read and written by a copy far larger than the caches, on all threads together, in 10^9 per second */
  readonly copyGbPerS: number;
  readonly threads: number;
}

/** What a probe needs from a backend: memory, and a vector function that is ready to run on all threads. */
interface Host {
  readonly threads: number;
  readonly target: Target;
  allocate(bytes: number): number;
  fill(address: number, bytes: number): void;
  load(code: VectorFunction, call: KernelCall): () => void;
  dispose(): void;
}

function wasmHost(threads: number): Host {
  const device = new WasmDevice(threads);
  const features = detectWasmFeatures();
  const target = wasmTarget(features);
  return {
    threads: device.threads,
    target,
    allocate: (bytes) => device.heap.allocate(bytes),
    fill: (address, bytes) => device.floats(address, bytes / 4).fill(0.5),
    load: (code, call) => {
      const program = device.load(
        emitWasmModule(
          { lanes: target.lanes, functions: [code], calls: [call] },
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
      return () => program.run();
    },
    dispose: () => device.dispose(),
  };
}

function nativeHost(threads: number): Host {
  const device = new NativeDevice({ threads });
  return {
    threads,
    target: device.target,
    allocate: (bytes) => device.heap.allocate(bytes),
    fill: (address, bytes) => device.heap.floats(address, bytes / 4).fill(0.5),
    load: (code, call) => {
      const program = device.load(emitX64Module([code], device.target), [call]);
      return () => program.run();
    },
    dispose: () => device.dispose(),
  };
}

/** Enough independent sums to hide a multiply-add's latency, and few enough for the registers. */
function sumsOf({ registers }: Target): number {
  return registers >= 31 ? 24 : 12;
}

function multiplyAddKernel(target: Target): VectorFunction {
  const b = new FunctionBuilder("peak", target);
  const base = b.parameter();
  const [begin, end, thread] = b.range();
  const vector = target.lanes * 4;
  const own = b.indexAdd(base, b.indexMul(thread, 4096));
  const [x, y] = [b.load(own, 0), b.load(own, vector)];
  const sums = Array.from({ length: sumsOf(target) }, () => b.variable(0));
  b.loop(begin, end, 1, () => {
    for (const sum of sums) b.multiplyAddInto(sum, x, y);
  });
  sums.forEach((sum, index) => b.store(sum, own, (2 + index) * vector));
  return b.finish();
}

function copyKernel(target: Target): VectorFunction {
  const b = new FunctionBuilder("copy", target);
  const [from, to] = [b.parameter(), b.parameter()];
  const [begin, end] = b.range();
  const parts = Array.from({ length: 16 / target.lanes }, (_, part) => part * target.lanes * 4);
  b.loop(begin, end, 1, (line) => {
    const offset = b.indexShiftLeft(line, 6);
    const [source, goal] = [b.indexAdd(from, offset), b.indexAdd(to, offset)];
    const vectors = parts.map((at) => b.load(source, at));
    vectors.forEach((vector, index) => b.store(vector, goal, parts[index] as number));
  });
  return b.finish();
}

/** The two limits as repeatable measurements, so that they can alternate with the workloads that are compared with them. */
export class MachineProbe {
  readonly threads: number;
  readonly #host: Host;
  readonly #peak: () => void;
  readonly #copy: () => void;
  readonly #operations: number;

  constructor(backend: "wasm" | "native", threads: number) {
    const host = backend === "native" ? nativeHost(threads) : wasmHost(threads);
    this.#host = host;
    this.threads = host.threads;
    const memory = host.allocate(2 * COPY_BYTES + 4096 * this.threads);
    host.fill(memory, 2 * COPY_BYTES);
    const perTurn = 2 * host.target.lanes * sumsOf(host.target);
    const turns = Math.round(OPERATIONS / perTurn) * this.threads;
    this.#operations = turns * perTurn;
    this.#peak = this.#load(multiplyAddKernel(host.target), [memory], turns);
    this.#copy = this.#load(copyKernel(host.target), [memory, memory + COPY_BYTES], COPY_BYTES / 64);
  }

  /** One measurement of the multiply-add peak, GFLOP/s. */
  peakGflops(): number {
    const peak = this.#operations / best(this.#peak, 3) / 1e6;
    this.#rest();
    return peak;
  }

  measure(): MachineLimits {
    const peaks = Array.from({ length: 7 }, () => this.peakGflops());
    const copy = best(this.#copy, 30);
    this.#rest();
    return { peakGflops: Math.max(...peaks), copyGbPerS: (2 * COPY_BYTES) / copy / 1e6, threads: this.threads };
  }

  dispose(): void {
    this.#host.dispose();
  }

  /** Waits until the probe's threads sleep: they spin for a while, on the cores that are measured next. */
  #rest(): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REST_MS);
  }

  #load(code: VectorFunction, addresses: readonly number[], items: number): () => void {
    const call = { function: 0, addresses, items, grain: 1, barrierBefore: false, label: code.name };
    return this.#host.load(code, call);
  }
}
