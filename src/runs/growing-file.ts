import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isSystemError, systemFailure } from "../files/system-errors.ts";

/** Bytes that are read at a time at first. */
const PART_BYTES = 2 ** 20;

/** A larger buffer is not kept. */
const MOST_KEPT_BYTES = 2 ** 24;

/** Shared by all readers: reading does not wait, and what was read is copied. */
let shared = Buffer.alloc(0);

/** What a look at a growing file found. `anew`: it is another file than before, or a shorter one; all that was read of it is void. */
export type Growth = "same" | "longer" | "anew" | "gone";

/** A file that another process appends to, read from where the last reading ended. */
export class GrowingFile {
  readonly path: string;
  /** Undefined until the file is seen, and after it is gone. */
  #inode: number | undefined;
  #size = 0;
  /** Where reading goes on. */
  #at = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Its size, as the last look found it. */
  get bytes(): number {
    return this.#size;
  }

  /** Bytes that are not read yet. */
  get restBytes(): number {
    return this.#size - this.#at;
  }

  /** Compares the file's size with the last look's; nothing else is done if it is the same.
   *  @throws GradusError `io-error` if the system refuses. */
  look(): Growth {
    let found: { readonly size: number; readonly ino: number } | undefined;
    try {
      found = statSync(this.path, { throwIfNoEntry: false });
    } catch (cause) {
      if (!isSystemError(cause) || cause.code !== "ENOTDIR") throw systemFailure("read", this.path, cause);
    }
    if (found === undefined) {
      this.#inode = undefined;
      return "gone";
    }
    // the number of a file that is gone may be given to the next one
    // and an end that was torn may have been cut off
    const isOther = found.ino !== this.#inode || found.size < this.#at;
    const isSame = !isOther && found.size === this.#size;
    const isAnew = isOther && this.#at > 0;
    if (isOther) this.#at = 0;
    this.#inode = found.ino;
    this.#size = found.size;
    return isAnew ? "anew" : isSame ? "same" : "longer";
  }

  /** Reads what is new, part by part.
   *  @param take gets the bytes from where the last call ended, valid until it returns, and whether the file ends with them. It returns how
   *    many of them it has done with; the rest comes again, with more. */
  read(take: (bytes: Uint8Array, isEnd: boolean) => number): void {
    let handle: number | undefined;
    try {
      handle = openSync(this.path, "r");
      this.#readParts(handle, take);
    } catch (cause) {
      throw systemFailure("read", this.path, cause);
    } finally {
      if (handle !== undefined) closeSync(handle);
      if (shared.length > MOST_KEPT_BYTES) shared = Buffer.alloc(0);
    }
  }

  #readParts(handle: number, take: (bytes: Uint8Array, isEnd: boolean) => number): void {
    let partBytes = PART_BYTES;
    while (this.restBytes > 0) {
      const wanted = Math.min(partBytes, this.restBytes);
      if (shared.length < wanted) shared = Buffer.allocUnsafeSlow(wanted);
      const buffer = shared;
      const got = fill(handle, buffer, wanted, this.#at);
      const isEnd = got < wanted || wanted === this.restBytes;
      const used = take(buffer.subarray(0, got), isEnd);
      this.#at += used;
      if (isEnd) return;
      // a piece that is longer than the part
      if (used === 0) partBytes *= 2;
    }
  }
}

/** Reads until `wanted` bytes are there or the file ends. */
function fill(handle: number, buffer: Uint8Array, wanted: number, from: number): number {
  let got = 0;
  while (got < wanted) {
    const bytes = readSync(handle, buffer, got, wanted - got, from + got);
    if (bytes === 0) break;
    got += bytes;
  }
  return got;
}
