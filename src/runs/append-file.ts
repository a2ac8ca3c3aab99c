import * as fs from "node:fs";
import type { AppendCalls } from "../files/append-calls.ts";
import { systemFailure } from "../files/system-errors.ts";

/** Most bytes that wait for room on the disk. */
const MOST_WAITING_BYTES = 2 ** 24;

/** What happened to an append. `failed`: the first time that the system refused; `back`: it takes bytes again, of which some may be lost. */
export type AppendNews =
  | { readonly type: "failed"; readonly error: unknown }
  | { readonly type: "back"; readonly lostBytes: number };

/** A file that only grows, by whole pieces. If the system refuses (disk full, …), what was written of a piece is taken back, the pieces
 *  wait, and are tried again with the next ones: the file never has a torn piece in its middle. */
export class AppendFile {
  readonly path: string;
  readonly #calls: AppendCalls;
  readonly #onNews: (news: AppendNews) => void;
  readonly #handle: number;
  /** Of whole pieces. */
  #bytes: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #lostBytes = 0;
  #isFailing = false;

  /** Opens the file, or makes it.
   *  @throws GradusError `io-error` if the system refuses. */
  constructor(path: string, onNews: (news: AppendNews) => void, calls: AppendCalls = fs) {
    this.path = path;
    this.#calls = calls;
    this.#onNews = onNews;
    try {
      this.#handle = calls.openSync(path, "a");
    } catch (cause) {
      throw systemFailure("write", path, cause);
    }
    this.#bytes = fs.fstatSync(this.#handle).size;
  }

  /** Bytes that are in the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Never throws: training goes on without its records. */
  append(piece: Uint8Array): void {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    this.#writeWaiting();
    while (this.#waitingBytes > MOST_WAITING_BYTES) {
      const dropped = this.#waiting.shift()?.length ?? 0;
      this.#waitingBytes -= dropped;
      this.#lostBytes += dropped;
    }
  }

  #writeWaiting(): void {
    try {
      for (let piece = this.#waiting[0]; piece !== undefined; piece = this.#waiting[0]) {
        this.#write(piece);
        this.#bytes += piece.length;
        this.#waitingBytes -= piece.length;
        this.#waiting.shift();
      }
    } catch (cause) {
      this.#takeBack();
      if (!this.#isFailing) this.#onNews({ type: "failed", error: systemFailure("write", this.path, cause) });
      this.#isFailing = true;
      return;
    }
    if (this.#isFailing) this.#onNews({ type: "back", lostBytes: this.#lostBytes });
    this.#isFailing = false;
    this.#lostBytes = 0;
  }

  #write(piece: Uint8Array): void {
    for (let written = 0; written < piece.length; ) {
      written += this.#calls.writeSync(this.#handle, piece, written, piece.length - written);
    }
  }

  #takeBack(): void {
    try {
      this.#calls.ftruncateSync(this.#handle, this.#bytes);
    } catch {
      // a reader passes over a torn piece
    }
  }

  /** Tries once more to write what waits, flushes to the disk as far as the system can, and closes. */
  close(): void {
    if (this.#waiting.length > 0) this.#writeWaiting();
    for (const call of [this.#calls.fsyncSync, this.#calls.closeSync]) {
      try {
        call(this.#handle);
      } catch {
        // the bytes are with the system already
      }
    }
  }
}
