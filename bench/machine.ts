import { FunctionBuilder } from "../src/codegen/builder.ts";
import type { Target, VectorFunction } from "../src/codegen/program.ts";
import { NativeDevice } from "../src/runtime/native/device.ts";
import type { VectorDevice } from "../src/runtime/vector-device.ts";
import { WasmDevice } from "../src/runtime/wasm/device.ts";
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
  readonly #device: VectorDevice;
  readonly #peak: () => void;
  readonly #copy: () => void;
  readonly #operations: number;

  constructor(backend: "wasm" | "native", threads: number) {
    const device = backend === "native" ? new NativeDevice({ threads }) : new WasmDevice({ threads });
    this.#device = device;
    const { heap, target } = device;
    this.threads = device.threads;
    const memory = heap.allocate(2 * COPY_BYTES + 4096 * this.threads);
    heap.floats(memory, (2 * COPY_BYTES) / 4).fill(0.5);
    const perTurn = 2 * target.lanes * sumsOf(target);
    const turns = Math.round(OPERATIONS / perTurn) * this.threads;
    this.#operations = turns * perTurn;
    this.#peak = this.#load(multiplyAddKernel(target), [memory], turns);
    this.#copy = this.#load(copyKernel(target), [memory, memory + COPY_BYTES], COPY_BYTES / 64);
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
    this.#device.dispose();
  }

  /** Waits until the probe's threads sleep: they spin for a while, on the cores that are measured next. */
  #rest(): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REST_MS);
  }

  #load(code: VectorFunction, addresses: readonly number[], items: number): () => void {
    const call = { function: 0, addresses, items, grain: 1, barrierBefore: false, label: code.name };
    const program = this.#device.load({ lanes: this.#device.target.lanes, functions: [code], calls: [call] });
    return () => program.run();
  }
}
