import { decodeElements, type ElementType } from "../elements.ts";
import { BYTES, FIXED32, FIXED64, type MessageCursor, NotAMessage, VARINT } from "./message-cursor.ts";

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

/** Wire types of the fields that hold numbers one by one: floats, doubles, integers. `half_val` (13) holds bit patterns, which no writer
 *  uses here. */
const NUMBERS: Readonly<Record<number, number>> = { 5: FIXED32, 6: FIXED64, 7: VARINT, 10: VARINT };

const TYPE = 8 * 1 + VARINT;
const BYTES_OF_ALL = 8 * 4 + BYTES;

/** The numbers of the tensor message at [start, end), flat; undefined for texts and other types. They are stored as bytes, or one by one in
 *  a field of their type.
 *  @throws NotAMessage. */
export function numbersIn(cursor: MessageCursor, start: number, end: number): ArrayLike<number> | undefined {
  cursor.at = start;
  let type = 0;
  let content: Uint8Array | undefined;
  const values: number[] = [];
  while (cursor.at < end) {
    const key = cursor.varint(end);
    const numbers = NUMBERS[key >>> 3];
    if (key === TYPE) type = cursor.varint(end);
    else if (key === BYTES_OF_ALL) {
      const contentEnd = cursor.lengthEnd(end);
      content = cursor.bytes.subarray(cursor.at, contentEnd);
      cursor.at = contentEnd;
    } else if (numbers === undefined) cursor.skip(key & 7, end);
    else readNumbers(cursor, key & 7, numbers, end, values);
  }
  if (content === undefined) return values.length > 0 ? values : undefined;
  const element = CONTENT[type];
  if (element === undefined) return undefined;
  const size = Number(/\d+$/.exec(element)?.[0]);
  return decodeElements(content, 0, Math.floor(content.length / size), element, "little", "tensor");
}

/** Packed numbers, or one that stands alone. */
function readNumbers(cursor: MessageCursor, wire: number, each: number, end: number, values: number[]): void {
  if (wire !== BYTES && wire !== each) throw new NotAMessage("a field has another type");
  const last = wire === BYTES ? cursor.lengthEnd(end) : end;
  do {
    if (wire === BYTES && cursor.at >= last) return;
    values.push(each === VARINT ? cursor.varint(last) : each === FIXED32 ? cursor.float32(last) : cursor.float64(last));
  } while (wire === BYTES);
}
