import { closeSync, openSync, readSync, statSync } from "node:fs";
import { isGzip, readBytes } from "./bytes.ts";
import { systemFailure } from "./system-errors.ts";

const CHUNK_BYTES = 2 ** 20;

/** A file part by part, in one buffer that each part overwrites. What is packed by gzip, and what is no regular file, is read as a
 *  whole first.
 *  @throws GradusError as `readBytes`. */
export function* fileChunks(file: string): Generator<Uint8Array> {
  if (!isPlainFile(file)) {
    const bytes = readBytes(file);
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
    return;
  }
  const buffer = new Uint8Array(CHUNK_BYTES);
  const handle = attempt(file, () => openSync(file, "r"));
  try {
    for (;;) {
      const count = attempt(file, () => readSync(handle, buffer));
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    closeSync(handle);
  }
}

/** A regular file that is not packed. What cannot be looked at is not: reading it says why. */
function isPlainFile(file: string): boolean {
  const magic = new Uint8Array(2);
  try {
    if (!statSync(file).isFile()) return false;
    const handle = openSync(file, "r");
    try {
      readSync(handle, magic);
    } finally {
      closeSync(handle);
    }
  } catch {
    return false;
  }
  return !isGzip(magic);
}

function attempt<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw systemFailure("read", file, cause);
  }
}
