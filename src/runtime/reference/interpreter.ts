import { copyElements, type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { requireMatching, stored } from "../../core/host-array.ts";
import { sizeOf } from "../../core/shape.ts";
import { flushSubnormals } from "../../core/subnormal.ts";
import type { Graph, Node } from "../../graph/node.ts";
import { evaluateNode } from "../../graph/primitives/index.ts";
import { graphRoots, topologicalOrder } from "../../graph/walk.ts";
import type { SyncBackend, SyncDeviceArray, SyncExecutable } from "../backend.ts";
import { guardBackend } from "../guard.ts";

class ReferenceArray implements SyncDeviceArray {
  readonly shape: readonly number[];
  readonly dtype: HostArray["dtype"];
  #data: HostArray["data"] | undefined;

  constructor(shape: readonly number[], dtype: HostArray["dtype"]) {
    this.shape = shape;
    this.dtype = dtype;
    this.#data = referenceStorage(dtype, sizeOf(shape));
  }

  /** The values themselves, not a copy. */
  get value(): HostArray {
    if (this.#data === undefined) throw new GradusError("disposed", "this array was disposed; its values are gone.");
    return { shape: this.shape, dtype: this.dtype, data: this.#data };
  }

  async read(): Promise<HostArray> {
    return this.readNow();
  }

  readNow(): HostArray {
    return { ...this.value, data: copyElements(this.value.data) };
  }

  write(value: HostArray): void {
    requireMatching("write", value, this);
    this.store(value.data);
  }

  /** Overwrites the values; float32 below its normal range becomes 0, as on every backend. */
  store(values: HostArray["data"]): void {
    const { data } = this.value;
    data.set(values);
    if (data instanceof Float64Array) flushSubnormals(data);
  }

  dispose(): void {
    this.#data = undefined;
  }
}

class ReferenceExecutable implements SyncExecutable {
  readonly #graph: Graph;
  readonly #states: readonly ReferenceArray[];
  readonly #order: readonly Node[];

  constructor(graph: Graph, states: readonly ReferenceArray[]) {
    this.#graph = graph;
    this.#states = states;
    this.#order = topologicalOrder(graphRoots(graph));
  }

  run(inputs: readonly HostArray[]): readonly HostArray[] {
    const values = new Map<Node, HostArray>();
    this.#graph.inputs.forEach((node, index) => {
      values.set(node, stored(inputs[index] as HostArray));
    });
    this.#graph.states.forEach(({ input }, index) => {
      values.set(input, (this.#states[index] as ReferenceArray).value);
    });
    const valueAt = (node: Node): HostArray => values.get(node) as HostArray;
    for (const node of this.#order) {
      if (!values.has(node)) values.set(node, evaluateNode(node, node.inputs.map(valueAt)));
    }
    const outputs = this.#graph.outputs.map((node) => ({ ...valueAt(node), data: copyElements(valueAt(node).data) }));
    // copies first: one state's next value may be another's old one
    const next = this.#graph.states.map((state) => copyElements(valueAt(state.next).data));
    next.forEach((data, index) => {
      (this.#states[index] as ReferenceArray).store(data);
    });
    return outputs;
  }

  describe(): string {
    return `${this.#order.length} nodes, interpreted one by one in float64`;
  }

  dispose(): void {}
}

/** The definition that every other backend is tested against: slow, obvious, float64. */
export function createReferenceBackend(): SyncBackend {
  return guardBackend({
    name: "reference",
    threads: 1,
    description: "reference interpreter, float64, one thread",
    allocate: (shape, dtype) => new ReferenceArray(shape, dtype),
    compileNow: (graph, states) => new ReferenceExecutable(graph, states as readonly ReferenceArray[]),
    dispose() {},
  });
}
