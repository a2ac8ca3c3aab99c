import { printProgram } from "../../codegen/print.ts";
import type { KernelCall, Target, VectorProgram } from "../../codegen/program.ts";
import { detectWasmFeatures, type WasmFeatures, wasmTarget } from "../../codegen/wasm/features.ts";
import { emitWasmModule } from "../../codegen/wasm/module.ts";
import type { Location } from "../../compiler/memory.ts";
import { paddedBytes } from "../../compiler/memory.ts";
import { type CompiledProgram, type CompileOptions, compileGraph } from "../../compiler/pipeline.ts";
import { type DType, ELEMENT_BYTES, type HostArray } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { requireMatching } from "../../core/host-array.ts";
import { allocated } from "../../core/memory.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { flushSubnormals } from "../../core/subnormal.ts";
import type { Graph } from "../../graph/node.ts";
import type { KernelTime, SyncBackend, SyncDeviceArray, SyncExecutable } from "../../runtime/backend.ts";
import { guardBackend } from "../../runtime/guard.ts";
import { BARRIER_ADDRESS, type LoadedProgram, WasmDevice } from "../../runtime/wasm/device.ts";

/** Frees device memory of arrays that nobody holds any more. */
const abandoned = new FinalizationRegistry<() => void>((free) => free());

class WasmArray implements SyncDeviceArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #device: WasmDevice;
  #address: number | undefined;

  constructor(device: WasmDevice, shape: Shape, dtype: DType) {
    this.#device = device;
    this.shape = shape;
    this.dtype = dtype;
    const bytes = paddedBytes(this);
    const address = device.heap.allocate(bytes);
    this.#address = address;
    device.floats(address, bytes / 4).fill(0);
    abandoned.register(this, () => device.heap.free(address, bytes), this);
  }

  get address(): number {
    this.requireLive();
    return this.#address as number;
  }

  requireLive(): void {
    if (this.#address === undefined) throw new GradusError("disposed", "this array was disposed; its values are gone.");
  }

  async read(): Promise<HostArray> {
    return this.readNow();
  }

  readNow(): HostArray {
    return readArray(this.#device, this.address, this);
  }

  write(value: HostArray): void {
    requireMatching("write", value, this);
    writeArray(this.#device, this.address, value);
    if (this.dtype === "float32") flushSubnormals(this.#device.floats(this.address, value.data.length));
  }

  dispose(): void {
    if (this.#address === undefined) return;
    this.#device.heap.free(this.#address, paddedBytes(this));
    abandoned.unregister(this);
    this.#address = undefined;
  }
}

function readArray(
  device: WasmDevice,
  address: number,
  { shape, dtype }: Pick<HostArray, "shape" | "dtype">,
): HostArray {
  const length = sizeOf(shape);
  const data = allocated("wasm, copy", length * ELEMENT_BYTES, () => {
    if (dtype === "float32") return new Float32Array(device.floats(address, length));
    const ints = device.ints(address, length);
    return dtype === "uint32" ? new Uint32Array(ints) : new Int32Array(ints);
  });
  return { shape, dtype, data };
}

function writeArray(device: WasmDevice, address: number, { dtype, data }: HostArray): void {
  if (dtype === "float32") device.floats(address, data.length).set(data);
  else device.ints(address, data.length).set(data);
}

/** What is left to do for a program that is gone. Made outside of its constructor: a closure in there would hold the program itself, which
 *  then would never be gone. */
function releaseOf(device: WasmDevice, loaded: LoadedProgram, arena: number, bytes: number): () => void {
  return () => {
    loaded.unload();
    device.heap.free(arena, bytes);
  };
}

class WasmExecutable implements SyncExecutable {
  readonly #device: WasmDevice;
  readonly #graph: Graph;
  readonly #program: CompiledProgram;
  readonly #listing: VectorProgram;
  readonly #loaded: LoadedProgram;
  readonly #arena: number;
  readonly #arenaBytes: number;
  // held, so that the arrays live as long as code that has their addresses
  readonly #states: readonly WasmArray[];

  constructor(
    device: WasmDevice,
    graph: Graph,
    states: readonly WasmArray[],
    target: Target,
    features: WasmFeatures,
    options: CompileOptions,
  ) {
    this.#device = device;
    this.#graph = graph;
    this.#states = states;
    const program = compileGraph(graph, target, device.threads, options);
    this.#program = program;
    this.#arenaBytes = program.arenaBytes + program.scratchBytes * device.threads;
    const arena = device.heap.allocate(this.#arenaBytes);
    this.#arena = arena;
    const scratch = arena + program.arenaBytes;
    const calls = program.calls.map(
      ({ function: index, locations, needsScratch, items, grain, barrierBefore, label }): KernelCall => ({
        function: index,
        addresses: [
          ...locations.map((location) => this.#address(location)),
          ...(needsScratch ? [scratch, program.scratchBytes] : []),
        ],
        items,
        grain,
        barrierBefore,
        label,
      }),
    );
    this.#listing = { lanes: target.lanes, functions: program.functions, calls };
    try {
      this.#loaded = device.load(
        emitWasmModule(this.#listing, {
          threads: device.threads,
          barrierAddress: BARRIER_ADDRESS,
          memoryPages: device.heap.pages,
          relaxed: features.relaxed,
          simd: features.simd,
          shared: device.isShared,
        }),
      );
    } catch (error) {
      device.heap.free(arena, this.#arenaBytes);
      throw error;
    }
    for (const { node, location } of program.literals) writeArray(device, this.#address(location), node.attributes);
    abandoned.register(this, releaseOf(device, this.#loaded, arena, this.#arenaBytes), this);
  }

  run(inputs: readonly HostArray[]): readonly HostArray[] {
    this.#requireLive();
    this.#graph.inputs.forEach((_, index) => {
      const location = this.#program.inputs[index];
      if (location) writeArray(this.#device, this.#address(location), inputs[index] as HostArray);
    });
    this.#loaded.run();
    return this.#graph.outputs.map((node, index) =>
      readArray(this.#device, this.#address(this.#program.outputs[index] as Location), node),
    );
  }

  describe(): string {
    return printProgram(this.#listing);
  }

  profile(): readonly KernelTime[] {
    this.#requireLive();
    return this.#listing.calls.map(({ function: index, addresses, items, label }) => {
      const kernel = this.#loaded.kernel(index);
      const start = performance.now();
      kernel(...addresses, 0, items, 0);
      return { label, milliseconds: performance.now() - start };
    });
  }

  dispose(): void {
    abandoned.unregister(this);
    this.#loaded.unload();
    this.#device.heap.free(this.#arena, this.#arenaBytes);
  }

  /** The program holds the addresses of its states; after dispose these may be another array's. */
  #requireLive(): void {
    for (const state of this.#states) state.requireLive();
  }

  #address(location: Location): number {
    return location.space === "arena"
      ? this.#arena + location.offset
      : (this.#states[location.index] as WasmArray).address + location.offset;
  }
}

export interface WasmOptions extends CompileOptions {
  readonly threads: number;
  /** false: one lane, no SIMD instruction, as on an engine that lacks them. Default: as the engine allows. */
  readonly simd?: boolean | undefined;
  /** false: multiply, then add, two roundings. Default: as the engine allows. */
  readonly relaxed?: boolean | undefined;
}

/** Vector programs as WebAssembly: 128-bit vectors, fused multiply-add and shared-memory threads where the engine has them. */
export function createWasmBackend({ threads, simd = true, relaxed = true, ...options }: WasmOptions): SyncBackend {
  const found = detectWasmFeatures();
  const features = { simd: found.simd && simd, relaxed: found.relaxed && simd && relaxed, threads: found.threads };
  const target = wasmTarget(features);
  const device = new WasmDevice(features.threads ? threads : 1);
  const vectors = features.simd
    ? `128-bit vectors, multiply-add ${features.relaxed ? "fused" : "in two steps"}`
    : "one lane, no SIMD";
  return guardBackend({
    name: "wasm",
    threads: device.threads,
    description: `WebAssembly, ${vectors}, ${device.threads} ${device.threads === 1 ? "thread" : "threads"}`,
    allocate: (shape, dtype) => new WasmArray(device, shape, dtype),
    compileNow: (graph, states) =>
      new WasmExecutable(device, graph, states as readonly WasmArray[], target, features, options),
    dispose: () => device.dispose(),
  });
}
