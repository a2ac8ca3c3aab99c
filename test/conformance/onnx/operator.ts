import type { Tensor } from "../../../src/tensor/tensor.ts";
import { numbersOf, type StoredTensor } from "../arrays.ts";
import { Unsupported } from "../case.ts";

export type AttributeValue = number | string | readonly number[];

/** An operator vector as stored in its file. */
export interface OnnxVector {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly opset: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** null for an optional input that is absent */
  readonly inputs: readonly (StoredTensor | null)[];
  readonly outputs: readonly (StoredTensor | null)[];
}

/** One application of an operator: traced inputs and their description in the file. */
export class Call {
  readonly vector: OnnxVector;
  readonly #inputs: readonly (Tensor | undefined)[];

  constructor(vector: OnnxVector, inputs: readonly (Tensor | undefined)[]) {
    this.vector = vector;
    this.#inputs = inputs;
  }

  get opset(): number {
    return this.vector.opset;
  }

  get inputCount(): number {
    return this.#inputs.length;
  }

  /** @throws Unsupported if the input is absent. */
  input(index: number): Tensor {
    const tensor = this.#inputs[index];
    if (!tensor) throw new Unsupported(`${this.vector.op} without input ${index}`);
    return tensor;
  }

  optional(index: number): Tensor | undefined {
    return this.#inputs[index];
  }

  /** The numbers of an input that determines shapes, known while tracing; undefined if it is absent. */
  constants(index: number): readonly number[] | undefined {
    const stored = this.vector.inputs[index];
    return stored ? numbersOf(stored) : undefined;
  }

  number(name: string, fallback: number): number {
    return Number(this.vector.attributes[name] ?? fallback);
  }

  text(name: string, fallback: string): string {
    return String(this.vector.attributes[name] ?? fallback);
  }

  flag(name: string, fallback: boolean): boolean {
    return this.number(name, fallback ? 1 : 0) !== 0;
  }

  numbers(name: string): readonly number[] | undefined {
    const value = this.vector.attributes[name];
    return Array.isArray(value) ? value : undefined;
  }

  has(name: string): boolean {
    return this.vector.attributes[name] !== undefined;
  }
}

/** An ONNX operator as ours: the outputs in order; an undefined one is not compared. */
export type Operator = (call: Call) => readonly (Tensor | undefined)[];

/** Converts axes that count from the end to axes from the start. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
