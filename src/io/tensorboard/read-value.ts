import { decodeElements } from "../elements.ts";
import {
  fromHistogramMessage,
  fromHistogramRows,
  type HistogramMessage,
  type StoredDistribution,
} from "./distribution.ts";
import { BYTES, type MessageCursor } from "./message-cursor.ts";
import { numbersIn } from "./tensor.ts";

const FLOAT = 1;
const DOUBLE = 2;
const STRING = 7;

/** Keys of fields of a tensor: its type; its shape; one of its texts. */
const TYPE = 8;
const SHAPE = 18;
const TEXT = 66;

/** The number in a tensor with one element of a float type, read in place; undefined for any other tensor.
 *  Fields: 1 type, 2 shape, 4 elements as bytes, 5 and 6 elements as packed floats and doubles. */
export function scalarIn(cursor: MessageCursor, start: number, end: number): number | undefined {
  cursor.at = start;
  let type = 0;
  let content = -1;
  let size = 0;
  while (cursor.at < end) {
    const key = cursor.varint(end);
    const field = key >>> 3;
    if (key === TYPE) type = cursor.varint(end);
    else if ((field >= 4 && field <= 6 && (key & 7) === BYTES) || key === SHAPE) {
      const fieldEnd = cursor.lengthEnd(end);
      if (key !== SHAPE) {
        if (content >= 0) return undefined;
        content = cursor.at;
        size = fieldEnd - content;
      }
      cursor.at = fieldEnd;
    } else if (field === 3) cursor.skip(key & 7, end);
    else return undefined;
  }
  if (content < 0) return undefined;
  cursor.at = content;
  if (type === FLOAT && size === 4) return cursor.float32(end);
  return type === DOUBLE && size === 8 ? cursor.float64(end) : undefined;
}

/** The text of a tensor of texts; its elements are lines. Undefined for any other tensor. */
export function textIn(cursor: MessageCursor, start: number, end: number): string | undefined {
  cursor.at = start;
  let type = 0;
  const lines: string[] = [];
  while (cursor.at < end) {
    const key = cursor.varint(end);
    if (key === TYPE) type = cursor.varint(end);
    else if (key === TEXT) lines.push(cursor.text(end));
    else cursor.skip(key & 7, end);
  }
  return type === STRING || lines.length > 0 ? lines.join("\n") : undefined;
}

/** The rows of TensorFlow 2, if the numbers are complete. */
export function rowsIn(cursor: MessageCursor, start: number, end: number): StoredDistribution | undefined {
  const numbers = numbersIn(cursor, start, end);
  return numbers === undefined || numbers.length % 3 !== 0 ? undefined : fromHistogramRows(numbers);
}

const SUMS = { 1: "low", 2: "high", 3: "count", 4: "sum", 5: "sumOfSquares" } as const;
const NONE = new Float64Array(0);

/** `HistogramProto`: 1 to 5 sums, 6 and 7 limits and counts. */
export function histogramIn(cursor: MessageCursor, start: number, end: number): StoredDistribution {
  cursor.at = start;
  const message: HistogramMessage = { low: 0, high: 0, count: 0, sum: 0, sumOfSquares: 0, limits: NONE, counts: NONE };
  while (cursor.at < end) {
    const key = cursor.varint(end);
    const [field, wire] = [key >>> 3, key & 7];
    if (field >= 1 && field <= 5) message[SUMS[field as keyof typeof SUMS]] = cursor.float64(end);
    else if (field === 6) message.limits = joined(message.limits, doublesAt(cursor, wire, end));
    else if (field === 7) message.counts = joined(message.counts, doublesAt(cursor, wire, end));
    else cursor.skip(wire, end);
  }
  return fromHistogramMessage(message);
}

/** Packed doubles, or one that stands alone. */
function doublesAt(cursor: MessageCursor, wire: number, end: number): Float64Array {
  if (wire !== BYTES) return Float64Array.of(cursor.float64(end));
  const fieldEnd = cursor.lengthEnd(end);
  const { bytes, at } = cursor;
  cursor.at = fieldEnd;
  return decodeElements(bytes, at, Math.floor((fieldEnd - at) / 8), "f8", "little", "histogram") as Float64Array;
}

function joined(before: Float64Array, next: Float64Array): Float64Array {
  if (before.length === 0) return next;
  const all = new Float64Array(before.length + next.length);
  all.set(before);
  all.set(next, before.length);
  return all;
}
