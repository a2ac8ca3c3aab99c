/** Wire types of protobuf. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const DECODER = new TextDecoder();

/** Bytes that are no protobuf message. */
export class NotAMessage extends Error {}

/** Reads protobuf messages in place. `pbf` makes an object for every message, and a closure for every field; an event file has millions of
 *  them, nearly all equally simple. No method reads beyond the given end of the message. */
export class MessageCursor {
  bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.bytes.buffer);
  at = 0;

  /** Sets the array to read. */
  open(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A number, exact up to 2^53; one of 64 bits whose highest is set is negative. Also the key of a field: its number, and its wire type in
   *  the three lowest bits. */
  varint(end: number): number {
    const first = this.at < end ? (this.bytes[this.at] as number) : 0x80;
    if (first < 0x80) {
      this.at++;
      return first;
    }
    return this.#longVarint(end);
  }

  #longVarint(end: number): number {
    const { bytes, at } = this;
    // numbers of two to four bytes, such as most steps, fit into a small integer
    if (end - at >= 4) {
      const first = (bytes[at] as number) & 0x7f;
      const second = bytes[at + 1] as number;
      if (second < 0x80) {
        this.at = at + 2;
        return first | (second << 7);
      }
      const third = bytes[at + 2] as number;
      if (third < 0x80) {
        this.at = at + 3;
        return first | ((second & 0x7f) << 7) | (third << 14);
      }
      const fourth = bytes[at + 3] as number;
      if (fourth < 0x80) {
        this.at = at + 4;
        return first | ((second & 0x7f) << 7) | ((third & 0x7f) << 14) | (fourth << 21);
      }
    }
    return this.#wideVarint(end);
  }

  #wideVarint(end: number): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw new NotAMessage("ends within a number");
      const byte = this.bytes[this.at++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low += bits * 2 ** shift;
      else if (shift === 28) {
        low += (bits & 0xf) * 2 ** 28;
        high += bits >> 4;
      } else high += bits * 2 ** (shift - 32);
      if (byte < 0x80) {
        high %= 2 ** 32;
        return high >= 2 ** 31 ? signedOf(low, high) : high * 2 ** 32 + low;
      }
    }
    throw new NotAMessage("a number of more than ten bytes");
  }

  float32(end: number): number {
    const at = this.at;
    this.#advance(4, end);
    return this.#view.getFloat32(at, true);
  }

  float64(end: number): number {
    const at = this.at;
    this.#advance(8, end);
    return this.#view.getFloat64(at, true);
  }

  /** Reads a length; the field's contents lie between `at` and the returned end. */
  lengthEnd(end: number): number {
    const length = this.varint(end);
    if (!(length >= 0 && length <= end - this.at)) throw new NotAMessage("a field is longer than its message");
    return this.at + length;
  }

  /** Reads a text with its length before it. */
  text(end: number): string {
    return this.textTo(this.lengthEnd(end));
  }

  /** Reads the text that ends at `end`. Bytes that are not UTF-8 become replacement characters. */
  textTo(end: number): string {
    const text = DECODER.decode(this.bytes.subarray(this.at, end));
    this.at = end;
    return text;
  }

  /** Skips the value of a field of the given wire type. */
  skip(wire: number, end: number): void {
    if (wire === VARINT) this.varint(end);
    else if (wire === BYTES) this.at = this.lengthEnd(end);
    else if (wire === FIXED64) this.#advance(8, end);
    else if (wire === FIXED32) this.#advance(4, end);
    else throw new NotAMessage("an unknown type of field");
  }

  /** Whether the bytes from `start` to `end` are those of `other`. */
  equals(other: Uint8Array, start: number, end: number): boolean {
    if (other.length !== end - start) return false;
    const bytes = this.bytes;
    for (let index = 0; index < other.length; index++) if (bytes[start + index] !== other[index]) return false;
    return true;
  }

  #advance(count: number, end: number): void {
    if (count > end - this.at) throw new NotAMessage("ends within a number");
    this.at += count;
  }
}

/** Two's complement of 64 bits, as a number below 0. */
function signedOf(low: number, high: number): number {
  return (high - 2 ** 32) * 2 ** 32 + low;
}
