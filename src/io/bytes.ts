import { readFileSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { GradusError } from "../core/errors.ts";

/** What a file held. `complete` is false where a gzip stream broke off: `bytes` is then what could be saved. */
export interface FileBytes {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/** Reads a file and, where it begins with gzip's magic number, unpacks it, as far as it goes.
 *  @throws GradusError `file-not-found`, or `bad-data` for what cannot be read or is damaged. */
export function readBytesLeniently(file: string): FileBytes {
  const stored = readStored(file);
  if (!isGzip(stored)) return { bytes: stored, complete: true };
  return unpack(stored, file);
}

/** As `readBytesLeniently`, but a broken-off gzip stream is an error.
 *  @throws GradusError `truncated-file` with `{ file, got }`, the bytes that could be unpacked. */
export function readBytes(file: string): Uint8Array {
  const { bytes, complete } = readBytesLeniently(file);
  if (!complete) throw brokenGzip(file, bytes.length);
  return bytes;
}

export function brokenGzip(file: string, got: number): GradusError {
  return new GradusError(
    "truncated-file",
    `${file}: the gzip stream breaks off after ${got} unpacked bytes. Copy or download the file again.`,
    { file, got },
  );
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function readStored(file: string): Uint8Array {
  try {
    const buffer = readFileSync(file);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === "ENOENT") {
      throw new GradusError(
        "file-not-found",
        `${file}: there is no such file. Check the path; relative ones start at ${process.cwd()}.`,
        {
          file,
        },
      );
    }
    throw new GradusError(
      "bad-data",
      `${file}: cannot be read (${reason ?? String(cause)}).`,
      { file, reason },
      { cause },
    );
  }
}

function unpack(stored: Uint8Array, file: string): FileBytes {
  try {
    return { bytes: plain(gunzipSync(stored)), complete: true };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "Z_BUF_ERROR") {
      const reason = (cause as Error).message;
      throw new GradusError(
        "bad-data",
        `${file}: the gzip stream is damaged (${reason}). Copy or download the file again.`,
        { file },
        { cause },
      );
    }
    return { bytes: plain(gunzipSync(stored, { finishFlush: constants.Z_SYNC_FLUSH })), complete: false };
  }
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
