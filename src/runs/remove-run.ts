import { lstatSync, rmSync, unlinkSync } from "node:fs";
import { systemFailure } from "../files/system-errors.ts";
import { RunLock } from "./lock.ts";
import { requireRunFolder } from "./require-run-folder.ts";

/** Removes a run with everything in its folder. Of a link to a run, only the link.
 *  @throws GradusError `file-not-found` for what is no run; `in-use` if a process writes it; `io-error` if the system refuses. */
export function removeRun(folder: string): void {
  requireRunFolder(folder);
  try {
    if (lstatSync(folder).isSymbolicLink()) unlinkSync(folder);
    else removeFolder(folder);
  } catch (cause) {
    throw systemFailure("write", folder, cause);
  }
}

function removeFolder(folder: string): void {
  const lock = RunLock.take(folder);
  try {
    rmSync(folder, { recursive: true });
  } finally {
    lock.release();
  }
}
