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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array[] = [];
  const damagedAt: number[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const fits = maskedCrc32c(bytes.subarray(at, at + 8)) === view.getUint32(at + 8, true);
    if (!fits) {
      if (at === 0) throw noEventFile(file, bytes);
      return { records, damagedAt, leftOver: bytes.length - at, lostAt: at };
    }
    const length = Number(view.getBigUint64(at, true));
    const end = at + HEADER_BYTES + length + FOOTER_BYTES;
    if (!(end <= bytes.length)) break;
    const data = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (maskedCrc32c(data) === view.getUint32(end - FOOTER_BYTES, true)) records.push(data);
    else damagedAt.push(at);
    at = end;
  }
  if (at === 0 && bytes.length < HEADER_BYTES) throw noEventFile(file, bytes);
  return { records, damagedAt, leftOver: bytes.length - at };
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
