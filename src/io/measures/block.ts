import { crc32c } from "../crc32c.ts";

// A file of measures is a sequence of blocks, little-endian, each a multiple of eight bytes long, so that every number in an undamaged file
// lies where typed arrays can read it:
//
//   0   magic      4 bytes    89 47 4d 31, "\x89GM1"
//   4   checksum   uint32     CRC-32C of everything after it
//   8   length     uint32     bytes of the payload, a multiple of 8
//   12  kind       uint32     see content.ts
//   16  payload

/** Bytes before the payload. */
export const HEADER_BYTES = 16;

/** Longest payload that is taken for one: a damaged length must not make a reader wait forever. */
export const MOST_PAYLOAD_BYTES = 2 ** 26;

const MAGIC = [0x89, 0x47, 0x4d, 0x31] as const;

/** @returns `bytes` rounded up to a multiple of 8. */
export function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** A block of zeros with room for a payload of `length` bytes, to be filled and then sealed. */
export function emptyBlock(length: number): Uint8Array {
  return new Uint8Array(HEADER_BYTES + padded(length));
}

/** Writes the header of a block whose payload is complete. */
export function sealBlock(block: Uint8Array, kind: number): Uint8Array {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  block.set(MAGIC, 0);
  view.setUint32(8, block.length - HEADER_BYTES, true);
  view.setUint32(12, kind, true);
  view.setUint32(4, crc32c(block, 8), true);
  return block;
}

/** Bytes that belong to no whole block. */
export interface Gap {
  readonly at: number;
  readonly bytes: number;
}

export interface BlocksFound {
  /** After the last whole block: the rest is the beginning of a block that is being written, or damaged. */
  readonly end: number;
  /** Damaged places before a whole block, which were passed over. */
  readonly gaps: readonly Gap[];
}

/** Finds the whole blocks of `bytes`, in order.
 *  @param onBlock receives the kind, and where the payload begins and ends. */
export function findBlocks(
  bytes: Uint8Array,
  onBlock: (kind: number, start: number, end: number) => void,
): BlocksFound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const gaps: Gap[] = [];
  let end = 0;
  for (;;) {
    let at = end;
    let length = wholeAt(bytes, view, at);
    while (length === 0) {
      at = nextMagic(bytes, at + 1);
      if (at < 0) return { end, gaps };
      length = wholeAt(bytes, view, at);
    }
    if (at > end) gaps.push({ at: end, bytes: at - end });
    end = at + length;
    onBlock(view.getUint32(at + 12, true), at + HEADER_BYTES, end);
  }
}

/** Length of the whole block at a place, with its header; 0 if there is none. */
function wholeAt(bytes: Uint8Array, view: DataView, at: number): number {
  if (at + HEADER_BYTES > bytes.length || !MAGIC.every((byte, index) => bytes[at + index] === byte)) return 0;
  const payload = view.getUint32(at + 8, true);
  const length = HEADER_BYTES + payload;
  if (payload > MOST_PAYLOAD_BYTES || payload % 8 !== 0 || at + length > bytes.length) return 0;
  return view.getUint32(at + 4, true) === crc32c(bytes, at + 8, at + length) ? length : 0;
}

/** Where the magic number is next, at `from` or later; -1 if nowhere. */
function nextMagic(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(MAGIC[0], from); at >= 0; at = bytes.indexOf(MAGIC[0], at + 1)) {
    if (MAGIC.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
