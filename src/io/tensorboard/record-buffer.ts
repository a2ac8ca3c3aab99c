import { maskedCrc32c } from "../crc32c.ts";

const FIRST_BYTES = 2 ** 12;
const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/** Collects records in the form of a TFRecord file (see `splitRecords`), until they are taken to be written. */
export class RecordBuffer {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Number of collected bytes. */
  get length(): number {
    return this.#length;
  }

  /** Adds one record. */
  add(data: Uint8Array): void {
    const start = this.#length;
    const end = start + HEADER_BYTES + data.length + FOOTER_BYTES;
    this.#reserve(end);
    const view = this.#view;
    // a record of 4 GiB would not fit into the array
    view.setUint32(start, data.length, true);
    view.setUint32(start + 4, 0, true);
    view.setUint32(start + 8, maskedCrc32c(this.#bytes, start, start + 8), true);
    this.#bytes.set(data, start + HEADER_BYTES);
    view.setUint32(end - FOOTER_BYTES, maskedCrc32c(data), true);
    this.#length = end;
  }

  /** The collected bytes. They are valid until the next record is added. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
