/** Eight tables of 256 entries, one after the other. The first is that of the reversed polynomial 0x82f63b78, one entry per byte; table t
 *  is for a byte that t more bytes follow. Signed, because the sums stay in 32 bits. */
const TABLES = tables();

function tables(): Int32Array {
  const all = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    all[byte] = value;
  }
  for (let at = 256; at < all.length; at++) {
    const before = all[at - 256] as number;
    all[at] = (before >>> 8) ^ (all[before & 0xff] as number);
  }
  return all;
}

/** CRC-32C of `bytes` from `start` to `end`, as an unsigned 32-bit number. Takes eight bytes at a time ("slicing-by-8").
 *  @param start default 0. @param end default: the end of the array.
 *  Source: Castagnoli, Bräuer & Herrmann, "Optimization of Cyclic Redundancy-Check Codes with 24 and 32 Parity Bits", 1993; RFC 3720;
 *  Kounavis & Berry, "A Systematic Approach to Building High Performance Software-Based CRC Generators", 2005. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return ~remainder(bytes, start, end) >>> 0;
}

function remainder(bytes: Uint8Array, start: number, end: number): number {
  const table = TABLES;
  let crc = -1;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (table[1792 + (crc & 0xff)] as number) ^
      (table[1536 + ((crc >>> 8) & 0xff)] as number) ^
      (table[1280 + ((crc >>> 16) & 0xff)] as number) ^
      (table[1024 + (crc >>> 24)] as number) ^
      (table[768 + (bytes[at + 4] as number)] as number) ^
      (table[512 + (bytes[at + 5] as number)] as number) ^
      (table[256 + (bytes[at + 6] as number)] as number) ^
      (table[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) crc = (table[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return crc;
}

/** As TFRecord stores it: rotated by 15 bits, plus a constant, because a CRC of data that contain CRCs is unreliable. */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const crc = ~remainder(bytes, start, end);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
