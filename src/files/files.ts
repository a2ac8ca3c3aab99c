import type { HostArray } from "../core/dtype.ts";
import { checkOptions, requireOptions } from "../core/fields.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../io/checkpoint.ts";
import { type CsvOptions, type CsvTable, readTable } from "../io/csv.ts";
import type { CsvLayout } from "../io/csv-columns.ts";
import { decodeIdx, encodeIdx } from "../io/idx.ts";
import { decodeNpy, encodeNpy } from "../io/npy.ts";
import { decodeSafetensors, type EncodeOptions, encodeSafetensors, type Safetensors } from "../io/safetensors.ts";
import type { StoredArray } from "../io/stored-array.ts";
import { textChunks } from "../io/text-chunks.ts";
import { fileChunks } from "./file-chunks.ts";
import { READ_FIELDS, type ReadOptions } from "./limits.ts";
import { brokenGzip, readBytes, readBytesLeniently } from "./read-bytes.ts";
import { writeFile } from "./write-file.ts";

// Each format by file name, for Node. Reading accepts gzip too, detected by its magic number, up to the limit `maxBytes`. Writing
// replaces a file whole or not at all.

/** @throws GradusError as `decodeIdx`; for a truncated gzip stream, `truncated-file` also gives the expected number of bytes. */
export function readIdx(file: string, options: ReadOptions = {}): StoredArray {
  checkOptions<ReadOptions>("readIdx", options, READ_FIELDS);
  const { bytes, complete } = readBytesLeniently(file, options);
  const array = decodeIdx(bytes, file);
  if (!complete) throw brokenGzip(file, bytes.length);
  return array;
}

export function writeIdx(file: string, array: StoredArray): void {
  writeFile(file, encodeIdx(array));
}

export function readNpy(file: string, options: ReadOptions = {}): StoredArray {
  checkOptions<ReadOptions>("readNpy", options, READ_FIELDS);
  return decodeNpy(readBytes(file, options), file);
}

export function writeNpy(file: string, array: StoredArray): void {
  writeFile(file, encodeNpy(array));
}

/** Reads numbers and one target column from a CSV file of any size, part by part.
 *  @throws GradusError as `parseCsv`, and as reading. */
export function readCsv(file: string, given: CsvOptions & ReadOptions = {}): CsvTable {
  const { maxBytes, ...options } = requireOptions("readCsv", given) as CsvOptions & ReadOptions;
  return readTable(textChunks(fileChunks(file, { maxBytes })), options, file);
}

/** As `readCsv`, with the columns of another file: by name if both have a header, else by position.
 *  @throws GradusError also `shape-mismatch` with `{ file, missing, foreign }` if its columns do not match. */
export function readCsvLike(
  file: string,
  { maxBytes, ...options }: CsvOptions & ReadOptions,
  like: CsvLayout,
): CsvTable {
  return readTable(textChunks(fileChunks(file, { maxBytes })), options, file, like);
}

export function readSafetensors(file: string, options: ReadOptions = {}): Safetensors {
  checkOptions<ReadOptions>("readSafetensors", options, READ_FIELDS);
  return decodeSafetensors(readBytes(file, options), file);
}

export function writeSafetensors(
  file: string,
  arrays: Iterable<readonly [string, HostArray]>,
  options: EncodeOptions = {},
): void {
  writeFile(file, encodeSafetensors(arrays, options));
}

export function readCheckpoint(file: string, options: ReadOptions = {}): Checkpoint {
  checkOptions<ReadOptions>("readCheckpoint", options, READ_FIELDS);
  return decodeCheckpoint(readBytes(file, options), file);
}

export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  writeFile(file, encodeCheckpoint(checkpoint));
}
