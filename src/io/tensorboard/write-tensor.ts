import type { PbfWriter } from "pbf";
import { encodeElements } from "../elements.ts";
import { writeText } from "./write-text.ts";

/** A tensor to write. */
export interface TensorContent {
  /** TensorFlow's number of the element type. */
  readonly type: number;
  readonly shape: readonly number[];
  /** Numbers as bytes, or one text. */
  readonly content: Uint8Array | string;
}

const FLOAT = 1;
const DOUBLE = 2;
const STRING = 7;

export function doublesTensor(shape: readonly number[], values: readonly number[]): TensorContent {
  return { type: DOUBLE, shape, content: encodeElements(Float64Array.from(values), "little") };
}

export function textTensor(text: string): TensorContent {
  return { type: STRING, shape: [], content: text };
}

/** Stands where a value is required and none is meant. */
export function zeroTensor(): TensorContent {
  return { type: FLOAT, shape: [1], content: new Uint8Array(4) };
}

/** `TensorProto` of tensor.proto. */
export function writeTensor({ type, shape, content }: TensorContent, writer: PbfWriter): void {
  writer.writeVarintField(1, type);
  writer.writeMessage(2, writeShape, shape);
  if (typeof content === "string") writeText(writer, 8, content);
  else writer.writeBytesField(4, content);
}

function writeShape(shape: readonly number[], writer: PbfWriter): void {
  for (const size of shape) writer.writeMessage(2, (each, dimension) => dimension.writeVarintField(1, each), size);
}
