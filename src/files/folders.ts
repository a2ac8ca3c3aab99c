import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { systemFailure } from "./system-errors.ts";

/** What is at a path, following links. `other`: a pipe, a device, a socket. */
export type PathKind = "file" | "folder" | "other" | "missing";

/** @throws GradusError as `systemFailure`, if the system does not report the kind. */
export function pathKind(path: string): PathKind {
  const stats = statsOf(path);
  if (stats === undefined) return "missing";
  return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    // a path through a file does not exist
    if ((cause as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw systemFailure("read", path, cause);
  }
}

/** The entries of a folder. Links are not followed and do not count as folders.
 *  @throws GradusError as `systemFailure`. */
export function listFolder(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw systemFailure("read", folder, cause);
  }
}

/** The paths of all files in a folder and below it, sorted by character codes.
 *  @throws GradusError as `systemFailure`. */
export function listFilesBelow(folder: string): string[] {
  const files: string[] = [];
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of listFolder(next)) (entry.isDirectory() ? open : files).push(join(next, entry.name));
  }
  return files.sort();
}
