import { accessSync, closeSync, constants, fstatSync, openSync, rmSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { GradusError } from "../core/errors.ts";
import { draftOf } from "./drafts.ts";
import { makeFolder } from "./make-folder.ts";
import { systemFailure } from "./system-errors.ts";
import { type FileTarget, writeTarget } from "./write-target.ts";

/** Checks whether `writeFile` could write this file, before the work that produces it: makes a missing folder, makes and removes a file
 *  next to it, and leaves the file itself unchanged.
 *  @param option the option that names the file, for the message: "--output".
 *  @param sizeBytes size of the data, if known, to check the free space.
 *  @throws GradusError `bad-argument` with `{ option, file, reason }`. */
export function requireWritable(option: string, file: string, sizeBytes = 0): void {
  try {
    const target = writeTarget(file);
    if (target.kind === "open") fstatSync(target.handle);
    else if (target.kind === "stream") accessSync(target.path, constants.W_OK);
    else tryToReplace(file, target, sizeBytes);
  } catch (cause) {
    const error = systemFailure("write", file, cause);
    if (!(error instanceof GradusError)) throw error;
    throw new GradusError("bad-argument", `${option}: ${error.message}`, { option, ...error.values }, { cause });
  }
}

function tryToReplace(file: string, { path, existing }: FileTarget, sizeBytes: number): void {
  makeFolder(dirname(path));
  if (existing) accessSync(path, constants.W_OK);
  tryBeside(path, existing !== undefined);
  requireRoom(file, dirname(path), sizeBytes);
}

function tryBeside(path: string, isThere: boolean): void {
  const draft = draftOf(path);
  try {
    closeSync(openSync(draft, "wx"));
    rmSync(draft);
  } catch (cause) {
    // an existing file can be overwritten in place
    if (!isThere) throw cause;
  }
}

/** The old file stays until the new one is complete, so its own space does not count. */
function requireRoom(file: string, folder: string, sizeBytes: number): void {
  const { bavail, blocks, bsize } = statfsSync(folder);
  // file systems without accounting report 0 blocks
  if (blocks === 0 || bavail * bsize >= sizeBytes) return;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  throw new GradusError(
    "io-error",
    `${file}: cannot be written: it needs ${megabytes(sizeBytes)}, the disk has ${megabytes(bavail * bsize)} free. Make room, or give a path on another disk.`,
    { file, action: "write", reason: "ENOSPC", sizeBytes, freeBytes: bavail * bsize },
  );
}
