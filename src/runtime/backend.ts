import type { DType, HostArray } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Graph } from "../graph/node.ts";

export type BackendName = "reference" | "wasm" | "native";

/** An array that lives on a backend from run to run: a parameter, a moment, a running statistic. */
export interface DeviceArray {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Copies the values out, as they are after every run that was started before; float32 comes as Float32Array (Float64Array on the
   *  reference backend). Rejects with `disposed` after `dispose`. */
  read(): Promise<HostArray>;
  /** Overwrites the values, after every run that was started before; shape and type must agree. The values are taken over at once: the
   *  caller may change its array afterwards. */
  write(value: HostArray): void;
  /** Gives the memory back. Reading afterwards rejects with `disposed`. */
  dispose(): void;
}

/** A graph, ready to run any number of times. */
export interface Executable {
  /** One run: inputs in the graph's order; states are updated in place; the outputs are fresh arrays that the caller owns.
   *  The inputs are taken over at once, and runs happen in the order of their calls. The outputs come at once where the backend
   *  computes on the calling thread (`SyncBackend`), else as a promise. */
  run(inputs: readonly HostArray[]): readonly HostArray[] | Promise<readonly HostArray[]>;
  dispose(): void;
  /** Kernels as text, for display. */
  describe(): string;
  /** Where the time goes: every kernel call of the last run again, one by one on the calling thread. Values change: for measurements only. */
  profile?(): readonly KernelTime[];
}

export interface KernelTime {
  readonly label: string;
  readonly milliseconds: number;
}

/** One way to run graphs. What must wait for a device is a promise; what a device can queue is not. */
export interface Backend {
  readonly name: BackendName;
  readonly threads: number;
  /** one line: what runs and with which features */
  readonly description: string;
  /** An array of zeros. */
  allocate(shape: Shape, dtype: DType): DeviceArray;
  /** @param states one array for each of the graph's states, of its shape and type, allocated on this backend */
  compile(graph: Graph, states: readonly DeviceArray[]): Promise<Executable>;
  /** Ends its threads. The backend cannot be used afterwards. */
  dispose(): void;
}

/** An array whose values can be read without waiting. */
export interface SyncDeviceArray extends DeviceArray {
  /** As `read`, at once. @throws GradusError `disposed` after `dispose`. */
  readNow(): HostArray;
}

/** A program whose runs are over when the call returns. */
export interface SyncExecutable extends Executable {
  run(inputs: readonly HostArray[]): readonly HostArray[];
}

/** A backend that computes on the calling thread, so that nothing needs to wait: machine code, WebAssembly and the reference. */
export interface SyncBackend extends Backend {
  allocate(shape: Shape, dtype: DType): SyncDeviceArray;
  /** As `compile`, at once. */
  compileNow(graph: Graph, states: readonly DeviceArray[]): SyncExecutable;
}

/** Does this backend compute on the calling thread? */
export function isSyncBackend(backend: Backend): backend is SyncBackend {
  return "compileNow" in backend;
}
