import type { PbfReader } from "pbf";
import { decodeElements, type ElementType } from "../elements.ts";

/** A tensor message, as far as scalars and histograms need it. */
interface TensorMessage {
  type: number;
  content?: Uint8Array;
  readonly values: number[];
}

/** TensorFlow's type numbers, and their element types in `tensor_content`. */
const CONTENT: Readonly<Record<number, ElementType>> = {
  1: "f4",
  2: "f8",
  3: "i4",
  4: "u1",
  5: "i2",
  6: "i1",
  9: "i8",
  14: "bf2",
  17: "u2",
  19: "f2",
  22: "u4",
};

/** Numbers are stored as bytes, or one by one in a field of their type. `half_val` (13) holds bit patterns, which no writer uses here. */
const FIELDS: Readonly<Record<number, (reader: PbfReader, tensor: TensorMessage) => void>> = {
  1: (reader, tensor) => {
    tensor.type = reader.readVarint();
  },
  4: (reader, tensor) => {
    tensor.content = reader.readBytes();
  },
  5: (reader, { values }) => reader.readPackedFloat(values),
  6: (reader, { values }) => reader.readPackedDouble(values),
  7: (reader, { values }) => reader.readPackedVarint(values, true),
  10: (reader, { values }) => reader.readPackedVarint(values, true),
};

/** The numbers of a tensor message, flat; undefined for strings and other types. */
export function readTensor(reader: PbfReader): ArrayLike<number> | undefined {
  const tensor = reader.readMessage<TensorMessage>((field, message, inner) => FIELDS[field]?.(inner, message), {
    type: 0,
    values: [],
  });
  if (tensor.content === undefined) return tensor.values.length > 0 ? tensor.values : undefined;
  const element = CONTENT[tensor.type];
  if (element === undefined) return undefined;
  const size = Number(/\d+$/.exec(element)?.[0]);
  return decodeElements(tensor.content, 0, Math.floor(tensor.content.length / size), element, "little", "tensor");
}
