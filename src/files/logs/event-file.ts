import { closeSync, readSync, statSync } from "node:fs";
import { GradusError } from "../../core/errors.ts";
import { allocated } from "../../core/memory.ts";
import { TOO_LARGE } from "../../io/join-bytes.ts";
import type { StoredDistribution } from "../../io/tensorboard/distribution.ts";
import { EventScanner } from "../../io/tensorboard/event-scanner.ts";
import { RecordScanner } from "../../io/tensorboard/records.ts";
import { requireStoredWithin } from "../limits.ts";
import { isGzip, openFile, readBytesLeniently, readStart } from "../read-bytes.ts";
import { systemFailure } from "../system-errors.ts";

const CHUNK_BYTES = 2 ** 22;

/** One event file, which can be read again and again while it grows. A damaged file is read as far as possible. */
export class EventFile<Stored> {
  readonly path: string;
  readonly #store: (distribution: StoredDistribution) => Stored;
  #events: EventScanner<Stored>;
  #records: RecordScanner;
  /** Size and identity when it was last read. */
  #size = -1;
  #inode = 0;
  #isGzipTruncated = false;
  /** Bytes after the last whole record. */
  #leftOver = 0;
  #isGzip: boolean | undefined;

  constructor(path: string, store: (distribution: StoredDistribution) => Stored) {
    this.path = path;
    this.#store = store;
    this.#events = new EventScanner(store);
    this.#records = new RecordScanner(path);
  }

  /** What was read so far; another object after the file was replaced. */
  get events(): EventScanner<Stored> {
    return this.#events;
  }

  /** Reads what was added since the last call; everything anew if the file became shorter or was replaced.
   *  @param isComplete whether the file is no longer written, so that a torn end is damage.
   *  @returns whether anything was read. @throws GradusError `file-not-found`, `io-error`; `bad-data` if it is not an event file. */
  refresh(isComplete: boolean): boolean {
    const stats = this.#stats();
    if (stats.size === this.#size && stats.ino === this.#inode) return false;
    if (stats.size < this.#size || (stats.ino !== this.#inode && this.#size >= 0)) this.#forget();
    this.#inode = stats.ino;
    // what cannot be read now is tried again when it has changed
    this.#size = stats.size;
    // whether it is packed shows in its first bytes, which may not be there yet
    if (this.#isGzip === undefined && (stats.size >= 2 || !stats.isFile())) {
      this.#isGzip = !stats.isFile() || isGzip(readStart(this.path, 2));
    }
    if (this.#isGzip === true) this.#readWhole();
    else this.#readAdded(isComplete);
    this.#requireEvents();
    return true;
  }

  /** What could not be read, and how much of it. */
  warnings(isComplete: boolean): string[] {
    const { damagedAt, lostAt } = this.#records;
    const { records, undecoded } = this.#events;
    const warnings: string[] = [];
    const say = (text: string) => warnings.push(`${this.path}: ${text}`);
    if (this.#isGzipTruncated) say("the gzip stream is truncated");
    if (damagedAt.length > 0)
      say(
        `${damagedAt.length} records do not match their checksum and were skipped: at byte ${damagedAt.slice(0, 5).join(", ")}${damagedAt.length > 5 ? ", …" : ""}`,
      );
    if (undecoded > 0) say(`${undecoded} records are not events and were skipped`);
    if (lostAt !== undefined) say(`damaged at byte ${lostAt}: the last ${this.#leftOver} bytes could not be read`);
    else if (this.#leftOver > 0 && isComplete)
      say(
        `the file ends within a record: ${this.#leftOver} bytes were ignored; ${records} records before them were read`,
      );
    return warnings;
  }

  #stats() {
    try {
      return statSync(this.path);
    } catch (cause) {
      throw systemFailure("read", this.path, cause);
    }
  }

  #forget(): void {
    this.#events = new EventScanner(this.#store);
    this.#records = new RecordScanner(this.path);
    this.#size = -1;
    this.#isGzip = undefined;
  }

  #readWhole(): void {
    this.#events = new EventScanner(this.#store);
    this.#records = new RecordScanner(this.path);
    const { bytes, complete } = readBytesLeniently(this.path);
    this.#isGzipTruncated = !complete;
    this.#scan(bytes, true);
    this.#records.requireBegun(bytes);
    this.#leftOver = bytes.length - this.#records.offset;
  }

  #readAdded(isComplete: boolean): void {
    const { handle, stats } = openFile(this.path);
    try {
      requireStoredWithin(this.path, stats.size, {});
      let buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(stats.size - this.#records.offset, 16)));
      let filled = 0;
      for (;;) {
        const place = this.#records.offset + filled;
        const count = readSync(handle, buffer, filled, Math.min(buffer.length - filled, stats.size - place), place);
        filled += count;
        const isEnd = count === 0 || place + count >= stats.size;
        const bytes = buffer.subarray(0, filled);
        const { offset } = this.#records;
        this.#events.outlook.factor = offset === 0 ? 1 : stats.size / offset;
        const used = this.#scan(bytes, isComplete && isEnd);
        if (isEnd || this.#records.lostAt !== undefined) {
          if (isComplete) this.#records.requireBegun(bytes);
          break;
        }
        buffer.copyWithin(0, used, filled);
        filled -= used;
        buffer = this.#roomFor(buffer, filled, stats.size);
      }
      this.#leftOver = stats.size - this.#records.offset;
    } catch (cause) {
      throw systemFailure("read", this.path, cause);
    } finally {
      closeSync(handle);
    }
  }

  /** A buffer with room for the next record, if the file can hold it. */
  #roomFor(buffer: Uint8Array<ArrayBuffer>, filled: number, fileSize: number): Uint8Array<ArrayBuffer> {
    const wanted = Math.min(this.#records.wanted, fileSize - this.#records.offset);
    if (wanted <= buffer.length && filled < buffer.length) return buffer;
    const size = Math.max(wanted, 2 * filled);
    const larger = allocated(`${this.path}: a record`, size, () => new Uint8Array(size), TOO_LARGE);
    larger.set(buffer.subarray(0, filled));
    return larger;
  }

  #scan(bytes: Uint8Array, isComplete: boolean): number {
    const events = this.#events;
    return this.#records.scan(bytes, isComplete, (start, end) => events.read(bytes, start, end));
  }

  #requireEvents(): void {
    const { records, undecoded } = this.#events;
    if (records === 0 || undecoded < records) return;
    throw new GradusError(
      "bad-data",
      `${this.path}: a TFRecord file, but none of its ${records} records is an event. Give a TensorBoard event file.`,
      { file: this.path, records },
    );
  }
}
