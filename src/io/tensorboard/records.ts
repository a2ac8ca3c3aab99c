import { GradusError } from "../../core/errors.ts";
import { maskedCrc32c } from "../crc32c.ts";

/** The contents of a record file, as far as it is readable. */
export interface Records {
  readonly records: readonly Uint8Array[];
  /** Byte offsets of records whose contents do not match their checksum. They are skipped. */
  readonly damagedAt: readonly number[];
  /** Bytes after the last readable record. */
  readonly leftOver: number;
  /** Byte offset of a length that does not match its checksum, after which no record can be found. */
  readonly lostAt?: number | undefined;
}

const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/** Splits a TFRecord file:
 *    length (uint64)   masked CRC-32C of length (uint32)   data (length bytes)   masked CRC-32C of data (uint32)       little-endian
 *  A file that ends within a record is read up to that record.
 *  @throws GradusError `bad-data` for a file that does not begin like this.
 *  Source: TensorFlow, "TFRecord and tf.train.Example", 2019. */
export function splitRecords(bytes: Uint8Array, file: string): Records {
  const records: Uint8Array[] = [];
  const scanner = new RecordScanner(file);
  scanner.scan(bytes, true, (start, end) => records.push(bytes.subarray(start, end)));
  scanner.requireBegun(bytes);
  const { damagedAt, lostAt, offset } = scanner;
  return { records, damagedAt, leftOver: bytes.length - offset, lostAt };
}

/** Finds the records of a file that comes in parts. */
export class RecordScanner {
  readonly file: string;
  readonly damagedAt: number[] = [];
  /** As in `Records`; the next scan tries again from there, because the place may have been written in the meantime. */
  lostAt: number | undefined;
  /** Byte offset of the next record in the file. */
  offset = 0;
  /** Bytes of the next record, if its header is known; else those of a header. */
  wanted = HEADER_BYTES;

  constructor(file: string) {
    this.file = file;
  }

  /** Visits every whole record.
   *  @param bytes the file from `offset` on.
   *  @param isComplete false if the file may still be written: then a damaged record at the end of `bytes` is left for the next scan.
   *  @param visit gets the place of the contents in `bytes`.
   *  @returns bytes that were read. @throws GradusError `bad-data` if the file does not begin with a record's header. */
  scan(bytes: Uint8Array, isComplete: boolean, visit: (start: number, end: number) => void): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    this.lostAt = undefined;
    this.wanted = HEADER_BYTES;
    while (bytes.length - at >= HEADER_BYTES) {
      if (maskedCrc32c(bytes, at, at + 8) !== view.getUint32(at + 8, true)) {
        if (this.offset + at === 0) throw noEventFile(this.file, bytes);
        this.lostAt = this.offset + at;
        break;
      }
      const length = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
      const start = at + HEADER_BYTES;
      const end = start + length;
      if (!(end + FOOTER_BYTES <= bytes.length)) {
        this.wanted = HEADER_BYTES + length + FOOTER_BYTES;
        break;
      }
      if (maskedCrc32c(bytes, start, end) === view.getUint32(end, true)) visit(start, end);
      else if (isComplete || end + FOOTER_BYTES < bytes.length) this.damagedAt.push(this.offset + at);
      else break;
      at = end + FOOTER_BYTES;
    }
    this.offset += at;
    return at;
  }

  /** @throws GradusError `bad-data` if the whole file, given here, ends before its first record's header does. */
  requireBegun(bytes: Uint8Array): void {
    if (this.offset === 0 && bytes.length < HEADER_BYTES) throw noEventFile(this.file, bytes);
  }
}

function noEventFile(file: string, bytes: Uint8Array): GradusError {
  const begin = Array.from(bytes.subarray(0, HEADER_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return new GradusError(
    "bad-data",
    `${file}: not a TensorBoard event file: expected a record's length (8 bytes) and its checksum (4 bytes), got ${
      bytes.length === 0 ? "an empty file" : `${begin}${bytes.length < HEADER_BYTES ? " and no more" : " …"}`
    }. Give a file named events.out.tfevents.…, or the folder that contains it.`,
    { file, size: bytes.length },
  );
}
