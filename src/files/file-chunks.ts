import { closeSync } from "node:fs";
import { pathKind } from "./folders.ts";
import { type ReadOptions, requireStoredWithin } from "./limits.ts";
import { isGzip, openFile, readBytes, readSome, readStart } from "./read-bytes.ts";
import { systemFailure } from "./system-errors.ts";

const CHUNK_BYTES = 2 ** 20;

/** A file part by part, in one buffer that each part overwrites. Gzipped files and anything but regular files are read completely
 *  first.
 *  @throws GradusError as `readBytes`. */
export function* fileChunks(file: string, options: ReadOptions = {}): Generator<Uint8Array> {
  // a pipe can be opened only once
  if (pathKind(file) !== "file" || isGzip(readStart(file, 2))) {
    const bytes = readBytes(file, options);
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
    return;
  }
  const { handle, stats } = openFile(file);
  try {
    requireStoredWithin(file, stats.size, options);
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (let count = readSome(handle, buffer, 0); count > 0; count = readSome(handle, buffer, 0))
      yield buffer.subarray(0, count);
  } catch (cause) {
    throw systemFailure("read", file, cause);
  } finally {
    closeSync(handle);
  }
}
