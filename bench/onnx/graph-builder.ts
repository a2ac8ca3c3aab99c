import type { Shape } from "../../src/core/shape.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./write-model.ts";

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Collects the operations and constants of a graph, and names their results. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];

  /** Adds an operation. @returns the name of its result. */
  add(operation: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.addParts(operation, inputs, 1, attributes)[0] as string;
  }

  /** Adds an operation with several results. */
  addParts(operation: string, inputs: readonly string[], count: number, attributes: Attributes = {}): string[] {
    const outputs = Array.from({ length: count }, (_, part) => `${operation}${this.nodes.length}_${part}`);
    this.nodes.push({ operation, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds numbers that are known when the model is written. */
  constant(shape: Shape, data: ArrayLike<number>): string {
    return this.#keep(shape, Float32Array.from(data));
  }

  /** Adds whole numbers: shapes, axes. */
  integers(values: readonly number[]): string {
    return this.#keep([values.length], BigInt64Array.from(values, BigInt));
  }

  #keep(shape: Shape, data: OnnxTensor["data"]): string {
    const name = `constant${this.constants.length}`;
    this.constants.push({ name, shape, data });
    return name;
  }
}
