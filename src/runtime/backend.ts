import type { DType, HostArray } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Graph } from "../graph/node.ts";

export type BackendName = "reference" | "wasm" | "native";

/** An array that lives on a backend from run to run: a parameter, a moment, a running statistic. */
export interface DeviceArray {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Copies the values out; float32 comes as Float32Array (Float64Array on the reference backend). */
  read(): HostArray;
  /** Overwrites the values; shape and type must agree. */
  write(value: HostArray): void;
  /** Gives the memory back. Reading afterwards throws `disposed`. */
  dispose(): void;
}

/** A graph, ready to run any number of times. */
export interface Executable {
  /** One run: inputs in the graph's order; states are updated in place; the outputs are fresh arrays that the caller owns. */
  run(inputs: readonly HostArray[]): readonly HostArray[];
  dispose(): void;
  /** Kernels as text, for people. */
  describe(): string;
  /** Where the time goes: every kernel call of the last run again, one by one on the calling thread. Values change: for measurements only. */
  profile?(): readonly KernelTime[];
}

export interface KernelTime {
  readonly label: string;
  readonly milliseconds: number;
}

/** One way to run graphs. */
export interface Backend {
  readonly name: BackendName;
  readonly threads: number;
  /** one line: what runs and with which features */
  readonly description: string;
  allocate(shape: Shape, dtype: DType): DeviceArray;
  /** @param states one array for each of the graph's states, of its shape and type, allocated on this backend */
  compile(graph: Graph, states: readonly DeviceArray[]): Executable;
  /** Ends its threads. The backend cannot be used afterwards. */
  dispose(): void;
}
