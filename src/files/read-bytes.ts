import { constants as buffers } from "node:buffer";
import { closeSync, fstatSync, constants as modes, openSync, readSync, type Stats } from "node:fs";
import { isatty } from "node:tty";
import { gunzipSync, constants as zlib } from "node:zlib";
import { GradusError, requireArgument } from "../core/errors.ts";
import { allocated } from "../core/memory.ts";
import { joinBytes, TOO_LARGE } from "../io/join-bytes.ts";
import { pipeLimit, type ReadOptions, requireStoredWithin, tooManyBytes, unpackLimit } from "./limits.ts";
import { pause } from "./pause.ts";
import { systemFailure } from "./system-errors.ts";

/** The contents of a file. `complete` is false for a truncated gzip stream: `bytes` is then what could be unpacked. */
export interface FileBytes {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/** Reads a file of any size, or a pipe to its end. If it begins with gzip's magic number, unpacks it as far as possible.
 *  @throws GradusError `file-not-found`; `io-error` and `bad-argument` if the system refuses (see `systemFailure`); `bad-data` for a
 *  device, a pipe without a writer, and a damaged gzip stream; `limit-exceeded` and `out-of-memory` with the numbers. */
export function readBytesLeniently(file: string, options: ReadOptions = {}): FileBytes {
  const stored = readStored(file, options);
  if (!isGzip(stored)) return { bytes: stored, complete: true };
  return unpackGzip(stored, file, options);
}

/** As `readBytesLeniently`, but a truncated gzip stream is an error.
 *  @throws GradusError `truncated-file` with `{ file, got }`, the number of unpacked bytes. */
export function readBytes(file: string, options: ReadOptions = {}): Uint8Array {
  const { bytes, complete } = readBytesLeniently(file, options);
  if (!complete) throw brokenGzip(file, bytes.length);
  return bytes;
}

/** A whole file as UTF-8.
 *  @throws GradusError as `readBytes`; and `limit-exceeded` for more than one string can hold, about 512 MiB. */
export function readText(file: string, options: ReadOptions = {}): string {
  return decodeText(readBytes(file, options), file);
}

/** Bytes as UTF-8. @throws GradusError `limit-exceeded` for more than one string can hold. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    throw new GradusError(
      "limit-exceeded",
      `${file}: ${bytes.length} bytes of text are more than fit into one string (${buffers.MAX_STRING_LENGTH}). Divide the file.`,
      { file, got: bytes.length, limit: buffers.MAX_STRING_LENGTH },
      { cause },
    );
  }
}

/** The first bytes of a file, at most `count`, as they are stored. */
export function readStart(file: string, count: number): Uint8Array {
  return withFile(file, (handle) => {
    const start = new Uint8Array(count);
    return start.subarray(0, fill(handle, start));
  });
}

export function brokenGzip(file: string, got: number): GradusError {
  return new GradusError(
    "truncated-file",
    `${file}: the gzip stream is truncated after ${got} unpacked bytes. Copy or download the file again.`,
    { file, got },
  );
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Unpacks a gzip stream as far as possible.
 *  @throws GradusError `limit-exceeded` as soon as it exceeds `maxBytes`; `bad-data` if it is damaged. */
export function unpackGzip(stored: Uint8Array, file: string, options: ReadOptions = {}): FileBytes {
  const limit = unpackLimit(stored.length, options);
  const settings = { maxOutputLength: Math.min(limit, buffers.MAX_LENGTH), chunkSize: 2 ** 18 };
  const unpack = (finishFlush: number) => plain(gunzipSync(stored, { ...settings, finishFlush }));
  try {
    try {
      return { bytes: unpack(zlib.Z_FINISH), complete: true };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "Z_BUF_ERROR") throw cause;
      return { bytes: unpack(zlib.Z_SYNC_FLUSH), complete: false };
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw tooManyBytes(file, `its ${stored.length} bytes unpack to more than ${limit}`, stored.length, limit);
    }
    if (isAllocationFailure(cause)) {
      throw new GradusError(
        "out-of-memory",
        `${file}: its ${stored.length} bytes unpack to more than this machine has memory for. ${TOO_LARGE}`,
        { file, stored: stored.length },
        { cause },
      );
    }
    throw new GradusError(
      "bad-data",
      `${file}: the gzip stream is damaged (${(cause as Error).message}). Copy or download the file again.`,
      { file },
      { cause },
    );
  }
}

/** Interval between two polls of an empty pipe. */
const PIPE_WAIT_MS = 5;
/** The system reads at most 2 GiB at once. */
const LARGEST_READ = 2 ** 30;

function readStored(file: string, options: ReadOptions): Uint8Array {
  return withFile(file, (handle, stats) => {
    // files of /proc report size 0
    if (!stats.isFile() || stats.size === 0) return readToEnd(file, handle, stats, pipeLimit(options));
    requireStoredWithin(file, stats.size, options);
    const bytes = allocated(`${file}: its contents`, stats.size, () => new Uint8Array(stats.size), TOO_LARGE);
    // the file may have become shorter since
    return bytes.subarray(0, fill(handle, bytes));
  });
}

/** Opens a file; the caller must close it.
 *  @throws GradusError as `readBytes`. */
export function openFile(file: string): { readonly handle: number; readonly stats: Stats } {
  requireArgument(
    typeof file === "string" && file !== "",
    `expected the path of a file, got ${file === "" ? "an empty string" : typeof file}.`,
    { file },
  );
  try {
    // a blocking open of a pipe without a writer would wait forever
    const handle = openSync(file, modes.O_RDONLY | (modes.O_NONBLOCK ?? 0));
    return { handle, stats: fstatSync(handle) };
  } catch (cause) {
    throw systemFailure("read", file, cause);
  }
}

function withFile<T>(file: string, work: (handle: number, stats: Stats) => T): T {
  const { handle, stats } = openFile(file);
  try {
    requireReadable(file, handle, stats);
    return work(handle, stats);
  } catch (cause) {
    throw systemFailure("read", file, cause);
  } finally {
    closeSync(handle);
  }
}

/** @throws GradusError `bad-data` for a device, whose data do not end. A terminal's data end with Ctrl-D. */
function requireReadable(file: string, handle: number, stats: Stats): void {
  const isDevice = stats.isBlockDevice() || (stats.isCharacterDevice() && !isatty(handle));
  if (!isDevice) return;
  throw new GradusError("bad-data", `${file}: is a device, not a file. Give the path of a file.`, { file });
}

/** Reads until the array is full or the file ends; returns the number of bytes read. */
function fill(handle: number, bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const got = readSome(handle, bytes, at);
    if (got === 0) break;
    at += got;
  }
  return at;
}

/** At least one byte, or 0 at the end; waits for a pipe. */
export function readSome(handle: number, bytes: Uint8Array, at: number): number {
  for (;;) {
    try {
      return readSync(handle, bytes, at, Math.min(bytes.length - at, LARGEST_READ), null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      pause(PIPE_WAIT_MS);
    }
  }
}

function readToEnd(file: string, handle: number, stats: Stats, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const part = new Uint8Array(2 ** 18);
    const got = fill(handle, part);
    total += got;
    if (total > limit) throw tooManyBytes(file, `sends more than ${limit} bytes`, undefined, limit);
    parts.push(part.subarray(0, got));
    if (got < part.length) break;
  }
  if (total === 0 && stats.isFIFO()) {
    throw new GradusError(
      "bad-data",
      `${file}: is a pipe without a writer. Start the program that writes to it first, or give the path of a file.`,
      { file },
    );
  }
  return joinBytes(`${file}: its contents`, parts);
}

function isAllocationFailure(error: unknown): boolean {
  return error instanceof RangeError || (error as NodeJS.ErrnoException).code === "ERR_MEMORY_ALLOCATION_FAILED";
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
