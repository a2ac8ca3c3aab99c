import { PbfWriter } from "pbf";
import type { Shape } from "../../src/core/shape.ts";

// Messages of onnx.proto (ONNX 1.16), as far as networks of this folder need them.

const IR_VERSION = 9;
const OPERATORS = 20;

const ELEMENT_TYPES = { float32: 1, int64: 7 } as const;
const ATTRIBUTE_TYPES = { float: 1, int: 2, text: 3, ints: 7 } as const;

/** A constant of a graph: `TensorProto`. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array | BigInt64Array;
}

/** An attribute of a node: a whole number as `int`, a list of them as `ints`, any number as `float`. */
export type OnnxAttribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

/** One operation: `NodeProto`. */
export interface OnnxNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph with one input and one output of float32, whose first axis is the number of samples. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly input: OnnxValue;
  readonly output: OnnxValue;
}

export interface OnnxValue {
  readonly name: string;
  /** without the axis of samples */
  readonly shape: Shape;
}

/** A model file: `ModelProto`. */
export function writeModel(graph: OnnxGraph): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, IR_VERSION);
  writer.writeStringField(2, "gradus");
  writer.writeMessage(7, writeGraph, graph);
  writer.writeMessage(8, (version, set) => set.writeVarintField(2, version), OPERATORS);
  return writer.finish();
}

function writeGraph({ nodes, constants, input, output }: OnnxGraph, writer: PbfWriter): void {
  for (const node of nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, "network");
  for (const constant of constants) writer.writeMessage(5, writeTensor, constant);
  writer.writeMessage(11, writeValue, input);
  writer.writeMessage(12, writeValue, output);
}

function writeNode({ operation, inputs, outputs, attributes }: OnnxNode, writer: PbfWriter): void {
  for (const name of inputs) writer.writeStringField(1, name);
  for (const name of outputs) writer.writeStringField(2, name);
  writer.writeStringField(4, operation);
  for (const entry of Object.entries(attributes)) writer.writeMessage(5, writeAttribute, entry);
}

function writeAttribute([name, value]: readonly [string, OnnxAttribute], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  if ("float" in value) writer.writeFloatField(2, value.float);
  else if ("int" in value) writer.writeVarintField(3, value.int);
  else if ("text" in value) writer.writeStringField(4, value.text);
  else for (const each of value.ints) writer.writeVarintField(8, each);
  const [kind] = Object.keys(value) as (keyof typeof ATTRIBUTE_TYPES)[];
  writer.writeVarintField(20, ATTRIBUTE_TYPES[kind as keyof typeof ATTRIBUTE_TYPES]);
}

function writeTensor({ name, shape, data }: OnnxTensor, writer: PbfWriter): void {
  for (const size of shape) writer.writeVarintField(1, size);
  writer.writeVarintField(2, data instanceof Float32Array ? ELEMENT_TYPES.float32 : ELEMENT_TYPES.int64);
  writer.writeStringField(8, name);
  writer.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue({ name, shape }: OnnxValue, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, (own, type) => type.writeMessage(1, writeTensorType, own), shape);
}

function writeTensorType(shape: Shape, writer: PbfWriter): void {
  writer.writeVarintField(1, ELEMENT_TYPES.float32);
  writer.writeMessage(2, writeShape, shape);
}

function writeShape(shape: Shape, writer: PbfWriter): void {
  writer.writeMessage(1, (name, dimension) => dimension.writeStringField(2, name), "samples");
  for (const size of shape) writer.writeMessage(1, (each, dimension) => dimension.writeVarintField(1, each), size);
}
